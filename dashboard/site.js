/* In a static copy: links are links, and what Dash would ask the server for stands in the page. Loaded before all else. */
(function () {
  "use strict";
  const ask = window.fetch.bind(window);
  window.fetch = function (address, options) {
    const name = String(address.url || address).split("?")[0].split("/").pop();
    const constants = JSON.parse(document.getElementById("constants").textContent);
    if (!(name in constants)) return ask(address, options);
    const headers = { "Content-Type": "application/json" };
    return Promise.resolve(new Response(JSON.stringify(constants[name]), { headers }));
  };
  addEventListener(
    "click",
    (event) => {
      const pressed = event.target.closest && event.target.closest("a[href], [data-href], [data-file]");
      if (!pressed) return;
      event.stopImmediatePropagation();
      if (pressed.tagName === "A") return;
      event.preventDefault();
      location.assign(pressed.dataset.file || pressed.dataset.href);
    },
    true,
  );
  addEventListener("popstate", (event) => event.stopImmediatePropagation(), true);
})();
