// Starts Swagger UI on the API's own description. Tokens typed there stay in the page's memory.
"use strict";
const place = document.getElementById("swagger-ui");
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
  // A field without a name of its own.
  onComplete: () => document.getElementById("servers")?.setAttribute("aria-label", "Servers"),
});
