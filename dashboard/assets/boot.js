/* Runs before the first paint: the theme the reader chose, else the system's. */
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (error) { /* storage is off: the system decides */ }
  var system = matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var theme = chosen || (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("themechange"));
  }
  system.addEventListener("change", apply);
  window.hemicycleTheme = {
    toggle: function () {
      chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("theme", chosen); } catch (error) { /* kept for this page only */ }
      apply();
    },
  };
  apply();
})();
