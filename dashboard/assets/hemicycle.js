/* Shows documents: the first comes inside the page, later ones from /view. Addresses hold all state, so a press
   on a link or chip is a new address; this file fetches it, paints colour tokens and hands it to Dash. */
(function () {
  "use strict";
  const NARROW = matchMedia("(max-width: 640px)");
  let shown = null; // the document on show, unpainted
  let path = null;
  let body = null; // its tree, painted
  let asked = 0; // how many addresses were followed
  const LONGEST_STAY = 30 * 60 * 1000; // milliseconds
  const loaded = Date.now();

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

  // On a phone the navigation scrolls: the page on show is in view.
  function centre() {
    const link = document.querySelector(".nav a[aria-current]");
    if (link) link.scrollIntoView({ block: "nearest", inline: "center" });
    else requestAnimationFrame(centre);
  }

  function afterwards(isNewPage, focused) {
    const put = () => {
      if (isNewPage) centre();
      const wanted = isNewPage ? document.getElementById("main") : focused && document.getElementById(focused);
      if (wanted && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
      if (isNewPage) scrollTo(0, 0);
      const said = document.querySelector("[data-announce]");
      document.getElementById("announce").textContent = said && !isNewPage ? said.dataset.announce : "";
    };
    requestAnimationFrame(() => requestAnimationFrame(put));
  }

  // What changes between two trees of the same page, as [id, props]; null where only replacing the whole will do.
  // A part without an id that changed is replaced with the nearest part around it that has one.
  function changes(old, fresh) {
    const found = [];
    return differ(old, fresh, found) ? null : found;
  }

  function same(one, other) {
    return one === other || JSON.stringify(one) === JSON.stringify(other);
  }

  // Whether the part around must be replaced.
  function differ(old, fresh, found) {
    if (Array.isArray(old) && Array.isArray(fresh) && old.length === fresh.length) {
      return old.map((node, at) => differ(node, fresh[at], found)).some(Boolean);
    }
    if (!isPart(old) || !isPart(fresh)) return !same(old, fresh);
    if (old.type !== fresh.type || old.props.id !== fresh.props.id) return true;
    const props = {};
    for (const name of new Set([...Object.keys(old.props), ...Object.keys(fresh.props)])) {
      if (name !== "children" && !same(old.props[name], fresh.props[name])) props[name] = fresh.props[name] ?? null;
    }
    const before = found.length;
    if (differ(old.props.children, fresh.props.children, found)) {
      found.length = before;
      props.children = fresh.props.children ?? null;
    }
    if (Object.keys(props).length === 0) return false;
    if (!fresh.props.id) return true;
    found.push([fresh.props.id, props]);
    return false;
  }

  function isPart(node) {
    return node !== null && typeof node === "object" && !Array.isArray(node) && Boolean(node.props);
  }

  // Puts a tree on the page, touching only what changed where it is the same page.
  function put(fresh, isSamePage) {
    const found = isSamePage ? changes(body, fresh) : null;
    body = fresh;
    if (found === null) {
      window.dash_clientside.set_props("page", { children: fresh });
      return;
    }
    const set = (wanted) => found.filter(wanted).forEach(([id, props]) => window.dash_clientside.set_props(id, props));
    set(([, props]) => !props.figure); // the words first: a drawing takes longer
    setTimeout(() => set(([, props]) => props.figure), 40);
  }

  // Dash asks for the first document, which came inside the page.
  function first() {
    const inside = document.getElementById("view");
    shown = JSON.parse(inside.textContent);
    inside.remove();
    path = location.pathname;
    body = ready(shown.body);
    requestAnimationFrame(centre);
    return body;
  }

  // Where the document of the address lies: with those of the edition on show, so that a reader stays with one
  // edition until the page is loaded again. What the address names otherwise (another campaign, an edition where none
  // was named, none where one was) the server looks up.
  function whereabouts() {
    const said = new URLSearchParams(location.search);
    const { at, asked: named, election, lang } = shown.pages;
    const isElsewhere = said.get("election") !== election || said.get("lang") !== lang;
    if (isElsewhere || said.get("edition") !== named || said.has("as_of")) {
      return `/view${location.pathname}${location.search}`;
    }
    said.delete("election");
    said.delete("lang");
    const state = said.toString().replaceAll("%2C", ",");
    return `${at}${location.pathname.slice(1) || "index"}${state ? `~${state}` : ""}.json`;
  }

  // The query that names what is on show, its edition too.
  function asRead() {
    const said = new URLSearchParams(location.search);
    said.set("election", shown.pages.election);
    said.set("edition", shown.pages.edition);
    return `?${said}`;
  }

  // Shows what the address says; an answer that a later press has overtaken is dropped.
  async function follow() {
    if (Date.now() - loaded > LONGEST_STAY) return location.reload(); // by now there may be a newer edition
    const mine = ++asked;
    const answer = await fetch(whereabouts());
    if (mine !== asked) return;
    if (!answer.ok) {
      location.reload(); // the server says in plain words what is missing
      return;
    }
    shown = await answer.json();
    document.title = shown.title;
    const isSamePage = path === location.pathname;
    const focused = document.activeElement && document.activeElement.id;
    path = location.pathname;
    put(ready(shown.body), isSamePage);
    afterwards(!isSamePage, focused);
  }

  function go(href) {
    const url = new URL(href, location.href);
    if (url.pathname + url.search === location.pathname + location.search) return;
    history.pushState(null, "", url);
    follow();
  }

  function again() {
    if (shown !== null) put(ready(shown.body), true);
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
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.querySelector("summary").contains(event.target)) menu.removeAttribute("open");
    }
  });
  // A slider: its words follow the hand, the address follows when the hand lets go.
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-param]");
    if (box) box.querySelector("output").textContent = box.dataset.words.split("|")[Number(event.target.value)];
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-param]");
    if (!box) return;
    const value = box.dataset.values.split("|")[Number(event.target.value)];
    const url = new URL(location.href);
    if (value === box.dataset.default) url.searchParams.delete(box.dataset.param);
    else url.searchParams.set(box.dataset.param, value);
    go(url.href);
  });
  addEventListener("popstate", () => {
    if (shown !== null && !location.hash) follow();
  });
  document.addEventListener("themechange", again);
  NARROW.addEventListener("change", again);

  // For take.js: what is on show, in which colours, and how its address reads with the edition in it.
  window.hemicycle = { source: () => shown.source, palette, asRead };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { hemicycle: { first } });
})();
