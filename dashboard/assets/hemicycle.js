/* Shows documents: the first comes inside the page, later ones from /view. Addresses hold all state, so a press
   on a link or chip is a new address; this file fetches it, paints colour tokens and hands it to Dash. */
(function () {
  "use strict";
  const NARROW = matchMedia("(max-width: 640px)");
  let shown = null; // the document on show, unpainted
  let path = null;

  function palette() {
    return shown.palettes[document.documentElement.dataset.theme] || shown.palettes.light;
  }

  function colour(token, colours) {
    const [name, percent] = token.slice(1).split("/");
    const hex = colours[name];
    if (!hex) return token;
    if (!percent) return hex;
    const part = (at) => parseInt(hex.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${percent / 100})`;
  }

  // Tokens stand only under keys that hold colours; text that looks like one stays text.
  function paint(value, colours, isColour) {
    if (typeof value === "string") return isColour && value[0] === "@" ? colour(value, colours) : value;
    if (Array.isArray(value)) return value.map((item) => paint(item, colours, isColour));
    if (value === null || typeof value !== "object") return value;
    const copy = {};
    for (const key of Object.keys(value)) copy[key] = paint(value[key], colours, /color$/.test(key));
    return copy;
  }

  function drawn(figure) {
    const layout = NARROW.matches ? { ...figure.layout, ...figure.narrow } : figure.layout;
    return paint({ data: figure.data, layout }, palette(), false);
  }

  function ready(node) {
    if (Array.isArray(node)) return node.map(ready);
    if (node === null || typeof node !== "object" || !node.props) return node;
    const props = { ...node.props };
    if (props.children !== undefined) props.children = ready(props.children);
    if (node.type === "Graph") props.figure = drawn(props.figure);
    return { ...node, props };
  }

  async function load(pathname, search) {
    const inside = document.getElementById("view");
    if (inside) {
      inside.remove();
      return JSON.parse(inside.textContent);
    }
    const answer = await fetch(`/view${pathname}${search}`);
    if (!answer.ok) {
      location.reload(); // the server says in plain words what is missing
      return null;
    }
    return answer.json();
  }

  function afterwards(isNewPage, focused) {
    const put = () => {
      const wanted = isNewPage ? document.getElementById("main") : focused && document.getElementById(focused);
      if (wanted && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
      if (isNewPage) scrollTo(0, 0);
      const said = document.querySelector("[data-announce]");
      document.getElementById("announce").textContent = said && !isNewPage ? said.dataset.announce : "";
    };
    requestAnimationFrame(() => requestAnimationFrame(put));
  }

  async function show(pathname, search) {
    const first = shown === null;
    const focused = document.activeElement && document.activeElement.id;
    const fresh = await load(pathname, search || "");
    if (fresh === null) return window.dash_clientside.no_update;
    shown = fresh;
    document.title = fresh.title;
    if (!first) afterwards(path !== pathname, focused);
    path = pathname;
    return ready(fresh.body);
  }

  function again() {
    if (shown !== null) window.dash_clientside.set_props("page", { children: ready(shown.body) });
  }

  function go(href) {
    const url = new URL(href, location.href);
    if (url.pathname + url.search === location.pathname + location.search) return;
    window.dash_clientside.set_props("url", { pathname: url.pathname, search: url.search });
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const pressed = event.target.closest("#theme, [data-href], a[href^='/']");
    if (!pressed) return;
    if (pressed.id === "theme") {
      window.hemicycleTheme.toggle();
    } else if (pressed.dataset.href) {
      go(pressed.dataset.href);
    } else if (!pressed.dataset.reload) {
      event.preventDefault();
      go(pressed.href);
    }
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".menu[open]");
    if (menu && !menu.querySelector("summary").contains(event.target)) menu.removeAttribute("open");
  });
  document.addEventListener("themechange", again);
  NARROW.addEventListener("change", again);

  window.dash_clientside = Object.assign({}, window.dash_clientside, { hemicycle: { show } });
})();
