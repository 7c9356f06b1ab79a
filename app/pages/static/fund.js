// Comfort on the form of an allocation: the sum of the instalments while they are typed. The server checks it anyway.
(function () {
  "use strict";
  const place = document.querySelector("[data-sum-of]");
  if (!place) { return; }
  const fields = document.querySelectorAll('input[name^="' + place.dataset.sumOf + '."][name$=".amount"]');
  const digits = /^\d+(\.\d{1,2})?$/;
  function show() {
    let fen = 0n, known = false;
    for (const field of fields) {
      const text = field.value.replace(/[,，\s]/g, "");
      if (!text) { continue; }
      if (!digits.test(text)) { place.textContent = ""; return; }
      const [whole, part = ""] = text.split(".");
      fen += BigInt(whole) * 100n + BigInt((part + "00").slice(0, 2));
      known = true;
    }
    const whole = (fen / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    place.textContent = known ? place.dataset.label + " " + whole + "." + (fen % 100n).toString().padStart(2, "0") + " " + place.dataset.unit : "";
  }
  document.addEventListener("input", show);
  show();
})();
