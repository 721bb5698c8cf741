/* The server's HTML is the page. This file follows addresses (a press is a new one), puts fresh parts in the place of
   those that changed, and lays Dash's graphs over the server's pictures. Addresses hold all state. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const slot = (block) => document.querySelector(`[data-slot="${block}"]`);
  const place = (block) => hosts[block] && slot(block)?.contains(hosts[block]) === false && slot(block).append(hosts[block]);
  const dash = (window.dash_clientside ||= {});
  let [shown, graphed, asked, here] = [null, null, {}, location.pathname + location.search]; // the document on show; hashes of what graphs show; the address followed last, and the browser's
  const hosts = {}; // of the page's graphs, by block

  // Colour tokens stand only under keys that hold colours; the twin of `resolve` in render/template.py.
  function resolve(value, colours, isColour) {
    if (Array.isArray(value)) return value.map((item) => resolve(item, colours, isColour));
    if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, colours, key.endsWith("color"))]));
    if (!isColour || typeof value !== "string" || value[0] !== "@") return value;
    const [name, percent = 100] = value.slice(1).split("/");
    const hex = colours.getPropertyValue(`--${name.replace(/[^a-z0-9-]/g, "-")}`);
    return hex ? `rgba(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))},${percent / 100})` : value;
  }

  // A figure as Plotly gets it: with a width, else all is drawn twice; many dots as paths, and their trace for the hand alone.
  function drawn(block) {
    graphed[block] = shown.hashes[block];
    const { data, layout, narrow } = shown.figures[block] || { data: [], layout: {} };
    const whole = { ...layout, ...(matchMedia("(max-width: 640px)").matches && narrow), template: shown.template, width: slot(block)?.clientWidth || undefined };
    const isDots = ({ mode, marker }) => mode === "markers" && (marker.line.width === 0 || marker.symbol === "circle-open");
    whole.shapes = [...(whole.shapes || []), ...data.filter(isDots).flatMap(paths)];
    const words = ({ customdata }) => customdata && { customdata: customdata.map((at) => layout.meta[at]) };
    const traces = data.map((one) => ({ ...one, ...(isDots(one) && { mode: "none" }), ...words(one) }));
    return resolve({ data: traces, layout: whole }, getComputedStyle(document.documentElement), false);
  }

  // The second and the third full dot in one place lie on top; open ones are edges, then paper.
  function paths({ x, y, xaxis: xref = "x", yaxis: yref = "y", marker: { symbol, size, color: ink, opacity, line } }) {
    const [layers, heights, on] = [["", "", ""], {}, { type: "path", layer: "between", xref, yref, opacity }];
    for (const dot of x.map((day, at) => `M${day},${y[at]}Z`)) layers[symbol ? 0 : Math.min(2, (heights[dot] = 1 + (heights[dot] ?? -1)))] += dot;
    const looks = symbol ? [[size + line.width, ink], [size - line.width, "@paper"]] : [[size, ink]];
    return looks.flatMap(([width, color]) => layers.filter(Boolean).map((path) => ({ ...on, line: { width, color }, path })));
  }

  // A host element of its own in the block's slot, where the page has it; the graph is drawn into that once it is near.
  function Island({ block, children }) {
    const [host] = window.React.useState(() => (hosts[block] = Object.assign(document.createElement("div"), { className: "host" })));
    const [isNear, setNear] = window.React.useState(false);
    window.React.useLayoutEffect(() => {
      const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true));
      place(block);
      watch.observe(host);
      return () => [watch.disconnect(), host.remove(), delete hosts[block]].shift();
    }, []);
    return window.ReactDOM.createPortal(isNear ? children : null, host);
  }

  const isZoomed = (block) => shown.figures[block]?.layout.dragmode === "zoom" && "autosize"; // what a double click takes back
  const looks = (block) => ({ figure: drawn(block), config: { displayModeBar: false, doubleClick: isZoomed(block) } });
  const graph = (block) => ({ namespace: "dash_core_components", type: "Graph", props: { id: { type: "graph", block }, ...looks(block), style: { height: "100%" } } });
  const island = (block) => ({ namespace: "hemicycle", type: "Island", props: { id: `island-${block}`, block, children: graph(block) } });

  // Where the document of an address lies: with those of the edition on show, or the server looks up what the address names.
  function whereabouts(to) {
    const [[, pathname, search], { at, asked: named, election, lang }] = [/([^?]*)(.*)/.exec(to), shown.pages];
    const [parameters, [page, item]] = [new URLSearchParams(search), pathname.slice(1).split("/")]; // one named as its page stands in the path
    if (parameters.get("election") !== election || parameters.get("lang") !== lang || parameters.get("edition") !== named || parameters.has("as_of")) return `/view${to}`;
    for (const name of ["election", "lang"]) parameters.delete(name);
    const state = [item && `${page}=${item}`, String(parameters)].filter(Boolean).join("&").replaceAll("%2C", ",");
    return `${at}${page || "index"}${state ? `~${state}` : ""}.json`;
  }

  // Address → document; the first stands in the page. A press is followed before the browser and Dash hear of it: its words are
  // painted first. What is overtaken is dropped, and leaves nothing to go back to; Dash, where it hears late, gets what is on show.
  const follow = (pathname, search) => (!shown ? JSON.parse(byId("view").textContent) : (asked.to ?? here) === pathname + search ? ask(pathname + search) : shown);
  const ask = (to, hash = "") => ((asked = asked.to === to ? asked : { to, hash }).answer ||= load(asked));
  const draw = (data) => data === shown && dash.set_props("document", { data }); // of an address that Dash knows already, and does not hear
  const press = (to, hash) => (asked.to ?? here) === to || ask(to, hash).then(to === here ? draw : () => dispatchEvent(new PopStateEvent("popstate")));

  async function load(mine) {
    const answer = await fetch(whereabouts(mine.to)).catch(() => ({}));
    const fresh = answer.ok && (await answer.json().catch(() => null));
    if (mine !== asked) return dash.no_update;
    if (fresh && Date.now() - performance.timeOrigin < 30 * 60 * 1000) return read(fresh, mine); // later there may be a newer edition
    if (answer.status === 503) return new Promise((then) => setTimeout(() => then(load(mine)), 1000)); // busy
    asked = {};
    return mine.to === here ? location.reload() : location.assign(mine.to + mine.hash); // the server says in plain words what is missing
  }

  // Puts the parts whose bytes differ in the place of the old ones; a slot with a graph in it stays where it is.
  function swap(fresh) {
    const open = [...document.querySelectorAll(".sheet details[open][id]")].map((part) => part.id);
    const parts = [...fresh.querySelectorAll("[data-hash]")];
    const places = parts.map((part) => [part.parentElement.id, part.previousElementSibling?.id]);
    for (const old of document.querySelectorAll(".sheet [data-hash]")) if (!parts.some(({ id }) => id === old.id)) old.remove();
    parts.forEach((part, at) => {
      const [old, [around, before]] = [byId(part.id), places[at]];
      if (!old) byId(before) ? byId(before).after(part) : (byId(around) || byId("main")).prepend(part);
      else if (old.dataset.hash !== part.dataset.hash) renew(old, part);
    });
    for (const id of open) byId(id)?.setAttribute("open", "");
  }

  function renew(old, part) {
    const [place, fresh] = [old, part].map((one) => one.querySelector("[data-slot]"));
    if (!fresh || !place?.querySelector(".host")) return old.replaceWith(part);
    const [before, now] = [old, part].map((one) => one.querySelectorAll(":scope > [data-html], [data-slot] > svg"));
    before.forEach((one, at) => one.replaceWith(now[at]));
    place.style.cssText = fresh.style.cssText;
    for (const { name, value } of part.attributes) old.setAttribute(name, value);
  }

  // Document → words; of another page, once the graphs of this one are away and the browser knows where it stood.
  async function read(fresh, mine) {
    const [focused, isSamePage] = [document.activeElement?.id, shown.path === fresh.path];
    const push = () => mine === asked && mine.to !== here && [history.pushState(null, "", mine.to + mine.hash), (here = mine.to)];
    if (!isSamePage) graphed = (push(), window.ReactDOM.flushSync(() => dash.set_props("islands", { children: [] })));
    const sheet = document.createRange().createContextualFragment(fresh.sheet).querySelector(".sheet");
    isSamePage ? swap(sheet) : document.querySelector(".sheet").replaceWith(sheet);
    (shown = fresh).graphs.forEach(place);
    afterwards(isSamePage, focused);
    await new Promise((then) => requestAnimationFrame(() => setTimeout(then))); // until they are painted
    document.title = (push(), shown.title); // the browser keeps the title of before with the address of before
    return fresh;
  }

  // Document → graphs. Children are given only for a new page; else a figure that changed is set.
  function show(fresh) {
    if (fresh !== (shown ||= fresh)) return dash.no_update;
    if (!graphed) return (graphed = {}) && fresh.graphs.map(island);
    for (const block of fresh.graphs) if (graphed[block] !== fresh.hashes[block]) dash.set_props({ type: "graph", block }, looks(block));
    return dash.no_update;
  }

  function afterwards(isSamePage, focused) {
    byId(isSamePage ? focused : "main")?.focus({ preventScroll: true });
    if (!isSamePage) (byId(location.hash.slice(1)) || document.documentElement).scrollIntoView();
    byId("announce").textContent = (isSamePage && document.querySelector("[data-announce]")?.dataset.announce) || "";
    const now = document.querySelector(".nav:not([data-scrolled]) a[aria-current]"); // on a phone the navigation scrolls
    if (now) Object.assign(now.closest(".nav"), { scrollLeft: now.offsetLeft - innerWidth / 2 }).dataset.scrolled = "";
  }

  const look = () => shown && dash.set_props("look", { data: [document.documentElement.dataset.theme, width] });
  document.addEventListener("themechange", look);
  addEventListener("popstate", () => here !== (here = location.pathname + location.search) && shown && ask(here).then(draw));
  addEventListener("pagehide", () => asked.to === here || (asked = {})); // a press that waits goes with its page, which may come back
  addEventListener("pageshow", ({ persisted }) => persisted && shown && ask(here).then(draw));
  let width = document.body.clientWidth, rest = 0; // a chart is told its width: it is drawn again in a page of another
  new ResizeObserver(() => [clearTimeout(rest), (rest = setTimeout(() => width !== (width = document.body.clientWidth) && look(), 100))]).observe(document.body);
  window.hemicycle = { Island, press, isReady: () => shown !== null, wanted: () => asked.to || location.href, source: () => shown.source, edition: () => shown.pages.edition };
  Object.assign((dash.hemicycle ||= {}), { follow, show, paint: (_look, ids) => ids.map(({ block }) => drawn(block)) });
  afterwards(true, null);
})();
