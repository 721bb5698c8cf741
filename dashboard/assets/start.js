/* Dash starts here, once all its scripts are there. Plotly comes when the first chart is near. */
window._dashPlotlyJSURL = document.getElementById("view").dataset.plotly;
window.renderer = new window.DashRenderer();
