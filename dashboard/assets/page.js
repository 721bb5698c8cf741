/* The server's HTML is the page. This file follows addresses (a press is a new one), puts fresh parts in the place of
   those that changed, and lays Dash's graphs over the server's pictures. Addresses hold all state. */
(function () {
  "use strict";
  const reloadAt = Date.now() + 30 * 60 * 1000; // by then there may be a newer edition
  const byId = (id) => document.getElementById(id);
  let [shown, asked] = [null, 0]; // the document on show; how many addresses were followed

  // Colour tokens stand only under keys that hold colours; the twin of `resolve` in render/template.py.
  function resolve(value, colours, isColour) {
    if (Array.isArray(value)) return value.map((item) => resolve(item, colours, isColour));
    const entry = ([key, item]) => [key, resolve(item, colours, key.endsWith("color"))];
    if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(entry));
    if (!isColour || typeof value !== "string" || value[0] !== "@") return value;
    const [name, percent] = value.slice(1).split("/");
    const hex = colours.getPropertyValue(`--${name.replace(/[^a-z0-9-]/g, "-")}`);
    if (!hex || !percent) return hex || value;
    const part = (at) => parseInt(hex.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${percent / 100})`;
  }

  // A figure as Plotly gets it: with a width, else all is drawn twice; polls' dots as paths, since dot by dot they take a
  // third of a second. Their trace stays for the hand; the second and third full dot in one place lie on top.
  function drawn(block) {
    const { data, layout, narrow } = shown.figures[block];
    const whole = { ...layout, ...(matchMedia("(max-width: 640px)").matches && narrow), template: shown.template };
    whole.width = document.querySelector(`[data-slot="${block}"]`)?.clientWidth || undefined;
    const isDots = ({ mode, marker }) => mode === "markers" && (marker.line.width === 0 || marker.symbol === "circle-open");
    whole.shapes = [...(whole.shapes || []), ...data.filter(isDots).flatMap(paths)];
    const words = ({ customdata }) => customdata && { customdata: customdata.map((at) => layout.meta[at]) };
    return resolve({ data: data.map((one) => ({ ...one, ...(isDots(one) && { mode: "none" }), ...words(one) })), layout: whole }, getComputedStyle(document.documentElement), false);
  }

  function paths({ x, y, xaxis: xref = "x", yaxis: yref = "y", marker: { symbol, size, color: ink, opacity, line } }) {
    const [layers, heights, on] = [["", "", ""], {}, { type: "path", layer: "between", xref, yref, opacity }];
    for (const dot of x.map((day, at) => `M${day},${y[at]}Z`)) layers[symbol ? 0 : Math.min(2, (heights[dot] = 1 + (heights[dot] ?? -1)))] += dot;
    const looks = symbol ? [[size + line.width, ink], [size - line.width, "@paper"]] : [[size, ink]]; // open ones: edges, then paper
    return looks.flatMap(([width, color]) => layers.filter(Boolean).map((path) => ({ ...on, line: { width, color }, path })));
  }

  // A host element of its own in the block's slot; the graph is drawn into that once it is near.
  function Island({ block, children }) {
    const { useState, useLayoutEffect } = window.React;
    const [host] = useState(() => Object.assign(document.createElement("div"), { className: "host" }));
    const [isNear, setNear] = useState(false);
    useLayoutEffect(() => {
      const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true));
      document.querySelector(`[data-slot="${block}"]`)?.append(host);
      watch.observe(host);
      return () => [watch.disconnect(), host.remove()].shift();
    }, []);
    return window.ReactDOM.createPortal(isNear ? children : null, host);
  }

  function island(block) {
    const config = { displayModeBar: false, doubleClick: shown.figures[block].layout.dragmode === "zoom" && "autosize" };
    const props = { id: { type: "graph", block }, figure: drawn(block), config, style: { height: "100%" } };
    const children = { namespace: "dash_core_components", type: "Graph", props };
    return { namespace: "hemicycle", type: "Island", props: { id: `island-${block}`, block, children } };
  }

  // Where the document of an address lies: with those of the edition on show, so that a reader stays with one edition
  // until the page is loaded again. What the address names otherwise the server looks up.
  function whereabouts(pathname, search) {
    const [said, { at, asked: named, election, lang }] = [new URLSearchParams(search), shown.pages];
    const isElsewhere = said.get("election") !== election || said.get("lang") !== lang;
    if (isElsewhere || said.get("edition") !== named || said.has("as_of")) return `/view${pathname}${search}`;
    for (const name of ["election", "lang"]) said.delete(name);
    const [page, item] = pathname.slice(1).split("/"); // a parameter named as its page stands in the path
    const state = [item && `${page}=${item}`, String(said)].filter(Boolean).join("&").replaceAll("%2C", ",");
    return `${at}${page || "index"}${state ? `~${state}` : ""}.json`;
  }

  // Address → document. The first stands in the page; an answer that a later press has overtaken is dropped.
  async function follow(pathname, search) {
    if (shown === null) return JSON.parse(byId("view").textContent);
    if (Date.now() > reloadAt) return location.reload();
    const mine = ++asked;
    const answer = await fetch(whereabouts(pathname, search));
    if (mine !== asked) return window.dash_clientside.no_update;
    if (answer.status === 503) return new Promise((then) => setTimeout(() => then(follow(pathname, search)), 1000)); // busy
    return answer.ok ? answer.json() : location.reload(); // the server says in plain words what is missing
  }

  // Puts the parts whose bytes differ in the place of the old ones; a slot with a graph in it stays where it is.
  function swap(fresh, isSameFigures) {
    const sheet = document.querySelector(".sheet");
    const open = [...sheet.querySelectorAll("details[open][id]")].map((part) => part.id);
    const parts = [...fresh.querySelectorAll("[data-hash]")];
    const places = parts.map((part) => [part.parentElement.id, part.previousElementSibling?.id]);
    for (const old of sheet.querySelectorAll("[data-hash]")) if (!parts.some(({ id }) => id === old.id)) old.remove();
    parts.forEach((part, at) => {
      const [old, [around, before]] = [byId(part.id), places[at]];
      if (!old) byId(before) ? byId(before).after(part) : (byId(around) || byId("main")).prepend(part);
      else if (old.dataset.hash !== part.dataset.hash) renew(old, part, isSameFigures && old.querySelector("[data-slot]"));
    });
    for (const id of open) byId(id)?.setAttribute("open", "");
  }

  function renew(old, part, slot) {
    if (!slot) return old.replaceWith(part);
    const words = part.querySelectorAll(":scope > [data-html]");
    old.querySelectorAll(":scope > [data-html]").forEach((one, at) => one.replaceWith(words[at]));
    slot.querySelectorAll(":scope > svg").forEach((svg) => svg.remove());
    slot.style.cssText = part.querySelector("[data-slot]").style.cssText;
    slot.prepend(...part.querySelectorAll("[data-slot] > svg"));
    for (const { name, value } of part.attributes) old.setAttribute(name, value);
  }

  // Document → graphs. Children are given only where the graphs are other ones; else a figure that changed is set.
  function show(fresh) {
    const { set_props: set, no_update: none } = window.dash_clientside;
    if (!fresh) return none;
    const isStill = () => byId("main").dataset.page === "board"; // pictures grow with the screen
    const [last, graphs] = [shown, () => (isStill() ? [] : Object.keys(fresh.figures).map(island))];
    shown = fresh;
    if (last === null) return graphs();
    const [focused, isSamePage] = [document.activeElement?.id, last.path === fresh.path];
    const isSameFigures = isSamePage && Object.keys(last.figures).join() === Object.keys(fresh.figures).join();
    if (!isSameFigures) window.ReactDOM.flushSync(() => set("islands", { children: [] }));
    const sheet = new DOMParser().parseFromString(fresh.sheet, "text/html").querySelector(".sheet");
    for (const one of sheet.querySelectorAll("noscript")) one.remove(); // here it is elements, not text
    isSamePage ? swap(sheet, isSameFigures) : document.querySelector(".sheet").replaceWith(sheet);
    document.title = fresh.title;
    afterwards(isSamePage, focused);
    if (!isSameFigures || isStill()) return graphs();
    const changed = Object.keys(fresh.figures).filter((id) => last.hashes[id] !== fresh.hashes[id]);
    const redraw = (block) => shown === fresh && set({ type: "graph", block }, { figure: drawn(block) });
    requestAnimationFrame(() => setTimeout(() => changed.forEach(redraw))); // the words first
    return none;
  }

  function afterwards(isSamePage, focused) {
    byId(isSamePage ? focused : "main")?.focus({ preventScroll: true });
    if (!isSamePage) (byId(location.hash.slice(1)) || document.documentElement).scrollIntoView();
    byId("announce").textContent = (isSamePage && document.querySelector("[data-announce]")?.dataset.announce) || "";
    const now = document.querySelector(".nav a[aria-current]"); // on a phone the navigation scrolls
    if (now) now.parentElement.scrollLeft = now.offsetLeft - now.parentElement.clientWidth / 2;
  }

  const look = () => shown && window.dash_clientside.set_props("look", { data: [document.documentElement.dataset.theme, width] });
  const paint = (_look, ids) => ids.map(({ block }) => (shown.figures[block] ? drawn(block) : window.dash_clientside.no_update));
  document.addEventListener("themechange", look);
  let width = document.body.clientWidth, rest = 0; // a chart is told its width: it is drawn again in a page of another
  const fit = () => width !== (width = document.body.clientWidth) && look();
  new ResizeObserver(() => [clearTimeout(rest), (rest = setTimeout(fit, 100))]).observe(document.body);
  window.hemicycle = { Island, isReady: () => shown !== null, source: () => shown.source, edition: () => shown.pages.edition };
  Object.assign(((window.dash_clientside ||= {}).hemicycle ||= {}), { follow, show, paint });
  afterwards(true, null);
})();
