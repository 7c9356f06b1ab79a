"""What is wrong with a page's layout, measured in the browser: too wide, texts over one another, crushed ones."""

from playwright.sync_api import Page

#: Widths at which pages are looked at: a phone, a small desk, a desk.
WIDTHS = (390, 1100, 1440)
#: Lines of text that are laid over one another by more than a hair, or that hold hardly more than one sign each.
_MEASURE = r"""() => {
  const found = [], page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.push(`wider than the window: ${page.scrollWidth}`);
  const name = (node) => `"${node.textContent.trim().replace(/\s+/g, " ").slice(0, 30)}"`;
  const SKIP = "svg, script, style, option, noscript, textarea, thead, .tabs, .top, .skip, .side, .visually-hidden";
  const clip = (node) => {
    const box = { left: -1e9, right: 1e9, top: -1e9, bottom: 1e9 };
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.position === "fixed" || style.position === "sticky") return null;
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const edge = at.getBoundingClientRect();
      box.left = Math.max(box.left, edge.left); box.right = Math.min(box.right, edge.right);
      box.top = Math.max(box.top, edge.top); box.bottom = Math.min(box.bottom, edge.bottom);
    }
    return box;
  };
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, node = text.parentElement;
    if (!text.data.trim() || node.closest(SKIP) || !node.checkVisibility({ visibilityProperty: true })) continue;
    const edge = clip(node);
    if (!edge) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()];
    const rows = new Set(boxes.map((box) => Math.round(box.top))).size;
    if (rows >= 4 && text.data.trim().length / rows < 4.5) found.push(`crushed into ${rows} lines: ${name(text)}`);
    for (const box of boxes) {
      const left = Math.max(box.left, edge.left), right = Math.min(box.right, edge.right);
      const top = Math.max(box.top, edge.top), bottom = Math.min(box.bottom, edge.bottom);
      if (right - left > 1 && bottom - top > 1) lines.push({ text, left, right, top, bottom });
    }
  }
  lines.sort((one, other) => one.top - other.top);
  lines.forEach((one, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < one.bottom; next += 1) {
      const other = lines[next];
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - other.top;
      if (other.text !== one.text && across > 2 && down > 5) found.push(`${name(one.text)} over ${name(other.text)}`);
    }
  });
  return [...new Set(found)].slice(0, 10);
}"""


def find_layout_faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it is laid out now, at most ten faults; bars that stay put are left out."""
    found: list[str] = page.evaluate(_MEASURE)
    return found
