// Starts Swagger UI on the API's own description. Tokens typed there stay in the page's memory.
"use strict";
const place = document.getElementById("swagger-ui");
// The list of servers has no name of its own; it gets one in the moment in which it is drawn.
new MutationObserver((changes, observer) => {
  const servers = document.getElementById("servers");
  if (!servers) return;
  servers.setAttribute("aria-label", "Servers");
  observer.disconnect();
}).observe(place, { childList: true, subtree: true });
window.SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
  persistAuthorization: false,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
