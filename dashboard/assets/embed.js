/* A frame of ours gets the height of what is in it. Optional. */
(function () {
  "use strict";
  const root = document.documentElement, home = new URL(document.currentScript.src).origin;
  const tell = () => parent.postMessage({ hemicycle: Math.ceil(root.getBoundingClientRect().height) }, "*");
  if (root.dataset.embed) {
    new ResizeObserver(tell).observe(root);
    addEventListener("message", (event) => event.source === parent && tell());
    return;
  }
  const frames = () => [...document.querySelectorAll("iframe")].filter((one) => one.src.startsWith(home + "/embed/"));
  addEventListener("message", (event) => {
    const height = event.data && event.data.hemicycle;
    if (event.origin !== home || !Number.isInteger(height) || height < 1 || height > 4000) return;
    for (const one of frames()) if (one.contentWindow === event.source) one.style.height = height + "px";
  });
  for (const one of frames()) one.contentWindow.postMessage("height", home);
})();
