/* Dash starts here, once all its scripts are there. Plotly comes when the first chart is near: ours, whatever Dash sets. */
(function () {
  "use strict";
  const plotly = document.getElementById("view").dataset.plotly;
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => plotly, set: () => undefined });
  window.renderer = new window.DashRenderer();
})();
