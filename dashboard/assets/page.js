/* The server's HTML is the page. This file follows addresses (a press is a new one), puts fresh blocks in the place of
   those that changed, and lays Dash's graphs over the server's pictures. Addresses hold all state. */
(function () {
  "use strict";
  const NARROW = matchMedia("(max-width: 640px)");
  const LONGEST_STAY_MS = 30 * 60 * 1000;
  const loaded = Date.now();
  const byId = (id) => document.getElementById(id);
  let shown = null; // the document on show
  let asked = 0; // how many addresses were followed

  // Colour tokens stand only under keys that hold colours; the twin of render/template.py.
  function resolve(value, colours, isColour) {
    if (Array.isArray(value)) return value.map((item) => resolve(item, colours, isColour));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, resolve(item, colours, key.endsWith("color"))]),
      );
    }
    if (!isColour || typeof value !== "string" || value[0] !== "@") return value;
    const [name, percent] = value.slice(1).split("/");
    const hex = colours[name];
    if (!hex || !percent) return hex || value;
    const part = (at) => parseInt(hex.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${percent / 100})`;
  }

  function drawn(block) {
    const { data, layout, narrow } = shown.figures[block];
    const whole = { ...layout, ...(NARROW.matches ? narrow : {}), template: shown.template };
    const colours = shown.palettes[document.documentElement.dataset.theme] || shown.palettes.light;
    return resolve({ data, layout: whole }, colours, false);
  }

  // One island: a host element of its own in the block's slot, and its graph drawn into that once it is near.
  function Island({ block, children }) {
    const { useState, useLayoutEffect } = window.React;
    const [host] = useState(() => Object.assign(document.createElement("div"), { className: "host" }));
    const [isNear, setNear] = useState(false);
    useLayoutEffect(() => {
      const slot = document.querySelector(`[data-slot="${block}"]`);
      if (slot) slot.append(host);
      const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true), {
        rootMargin: "200px",
      });
      if (slot) watch.observe(slot);
      return () => {
        watch.disconnect();
        host.remove();
      };
    }, []);
    return window.ReactDOM.createPortal(isNear ? children : null, host);
  }
  window.hemicycle = { Island };

  function island(block) {
    const isPeriod = shown.figures[block].layout.dragmode === "zoom";
    const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: isPeriod && "autosize" };
    const graph = { id: { type: "graph", block }, figure: drawn(block), config, responsive: true, style: { height: "100%" } };
    const children = { namespace: "dash_core_components", type: "Graph", props: graph };
    return { namespace: "hemicycle", type: "Island", props: { id: `island-${block}`, block, children } };
  }

  // Where the document of an address lies: with those of the edition on show, so that a reader stays with one edition
  // until the page is loaded again. What the address names otherwise the server looks up.
  function whereabouts(pathname, search) {
    const said = new URLSearchParams(search);
    const { at, asked: named, election, lang } = shown.pages;
    const isElsewhere = said.get("election") !== election || said.get("lang") !== lang;
    if (isElsewhere || said.get("edition") !== named || said.has("as_of")) return `/view${pathname}${search}`;
    said.delete("election");
    said.delete("lang");
    const state = said.toString().replaceAll("%2C", ",");
    return `${at}${pathname.slice(1) || "index"}${state ? `~${state}` : ""}.json`;
  }

  // Address → document. The first stands in the page; an answer that a later press has overtaken is dropped.
  async function follow(pathname, search) {
    if (shown === null) return JSON.parse(byId("view").textContent);
    if (Date.now() - loaded > LONGEST_STAY_MS) return location.reload(); // by now there may be a newer edition
    const mine = ++asked;
    const answer = await fetch(whereabouts(pathname, search));
    if (mine !== asked) return window.dash_clientside.no_update;
    return answer.ok ? answer.json() : location.reload(); // the server says in plain words what is missing
  }

  // Puts the parts whose bytes differ in the place of the old ones; a figure's slot stays, with the graph in it.
  function swap(fresh, isSameFigures) {
    const old = document.querySelector(".sheet");
    const open = [...old.querySelectorAll("details[open][id]")].map((part) => part.id);
    const next = new Map([...fresh.querySelectorAll("[data-hash]")].map((part) => [part.id, part]));
    for (const part of old.querySelectorAll("main > [data-hash]")) if (!next.has(part.id)) part.remove();
    let before = null;
    for (const [id, part] of next) {
      const now = byId(id);
      const slot = now && isSameFigures && now.querySelector("[data-slot]");
      if (!now) before ? before.after(part) : byId("main").prepend(part);
      else if (now.dataset.hash !== part.dataset.hash && !slot) now.replaceWith(part);
      else if (now.dataset.hash !== part.dataset.hash) {
        const parts = part.querySelectorAll(":scope > [data-html]");
        now.querySelectorAll(":scope > [data-html]").forEach((words, at) => words.replaceWith(parts[at]));
        const picture = part.querySelector("[data-slot]");
        slot.querySelectorAll(":scope > svg").forEach((svg) => svg.remove());
        slot.prepend(...picture.querySelectorAll(":scope > svg"));
        slot.style.cssText = picture.style.cssText;
        for (const { name, value } of part.attributes) now.setAttribute(name, value);
      }
      if (part.parentElement !== byId("main") && byId(id)?.parentElement !== byId("main")) continue;
      before = byId(id);
    }
    for (const id of open) byId(id)?.setAttribute("open", "");
  }

  // Document → graphs. Children are given only where the graphs are other ones; else a figure that changed is set.
  function show(fresh) {
    if (!fresh) return window.dash_clientside.no_update;
    const last = shown;
    shown = fresh;
    const graphs = () => Object.keys(fresh.figures).map(island);
    if (last === null) return graphs();
    const focused = document.activeElement && document.activeElement.id;
    const isSamePage = last.path === fresh.path;
    const isSameFigures = isSamePage && Object.keys(last.figures).join() === Object.keys(fresh.figures).join();
    const { set_props: set, no_update: none } = window.dash_clientside;
    if (!isSameFigures) window.ReactDOM.flushSync(() => set("islands", { children: [] }));
    const sheet = new DOMParser().parseFromString(fresh.sheet, "text/html").body;
    if (isSamePage) swap(sheet, isSameFigures);
    else document.querySelector(".sheet").replaceWith(sheet.firstElementChild);
    document.title = fresh.title;
    afterwards(isSamePage, focused);
    if (!isSameFigures) return graphs();
    const changed = Object.keys(fresh.figures).filter((id) => last.hashes[id] !== fresh.hashes[id]);
    const redraw = () => changed.forEach((block) => set({ type: "graph", block }, { figure: drawn(block) }));
    if (changed.length) requestAnimationFrame(() => setTimeout(() => shown === fresh && redraw())); // the words first
    return none;
  }

  function afterwards(isSamePage, focused) {
    const wanted = byId(isSamePage ? focused : "main");
    if (wanted && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
    if (!isSamePage) scrollTo(0, 0);
    const said = document.querySelector("[data-announce]");
    byId("announce").textContent = said && isSamePage ? said.dataset.announce : "";
    centre();
  }

  // On a phone the navigation scrolls: the page on show is in view.
  const centre = () => document.querySelector(".nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  function go(href) {
    const url = new URL(href, location.href);
    if (url.pathname + url.search === location.pathname + location.search) return;
    history.pushState(null, "", url);
    dispatchEvent(new PopStateEvent("popstate"));
  }

  // A drag along the days chooses the period, a double click takes it back; the address follows.
  function period(moves) {
    const moved = window.dash_clientside.callback_context.triggered[0]?.value;
    const form = byId("from-box");
    if (!moved || !form || moves.every((one) => !one)) return window.dash_clientside.no_update;
    const [first, last] = [moved["xaxis.range[0]"], moved["xaxis.range[1]"]].map((at) => at && at.slice(0, 10));
    const url = new URL(location.href);
    const days = form.dataset.values.split("|");
    const set = (name, day) => (day ? url.searchParams.set(name, day) : url.searchParams.delete(name));
    if (first || moved["xaxis.autorange"]) {
      set("from", first && (days.find((day) => day >= first) || days[0]));
      set("to", last && days.findLast((day) => day <= last));
      go(url.href);
    }
    return window.dash_clientside.no_update;
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const pressed = event.target.closest("#theme, [data-copy], a[href^='/']");
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.querySelector("summary").contains(event.target)) menu.removeAttribute("open");
    }
    if (!pressed) return;
    if (pressed.id === "theme") window.hemicycleTheme.toggle();
    else if (pressed.dataset.copy) copy(pressed);
    else if (!pressed.dataset.reload && shown !== null) {
      event.preventDefault();
      go(pressed.href);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });

  async function copy(button) {
    const block = byId(`block-${button.dataset.copy}`);
    const said = [block.querySelector("h2"), byId(`${button.dataset.copy}-summary`)].map((part) => part?.textContent);
    const text = [...said, shown.source, location.href].filter(Boolean).join("\n");
    await navigator.clipboard.writeText(text.replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ""));
    byId("announce").textContent = button.dataset.done;
  }

  // A slider: its words follow the hand, the address follows when the hand lets go.
  const slid = (event, then) => event.target.closest("form[data-param]") && then(event.target.closest("form"), event.target);
  document.addEventListener("input", (event) =>
    slid(event, (form, range) => {
      const words = form.dataset.words.split("|")[Number(range.value)];
      form.querySelector("output").textContent = words;
      range.setAttribute("aria-valuetext", words);
    }),
  );
  document.addEventListener("change", (event) =>
    slid(event, (form, range) => {
      const { param, values, default: usual } = form.dataset;
      const value = values.split("|")[Number(range.value)];
      const url = new URL(location.href);
      if (value === usual) url.searchParams.delete(param);
      else url.searchParams.set(param, value);
      go(url.href);
    }),
  );

  const look = () => window.dash_clientside.set_props("look", { data: [document.documentElement.dataset.theme, NARROW.matches] });
  document.addEventListener("themechange", () => shown !== null && look());
  NARROW.addEventListener("change", () => shown !== null && look());
  const paint = (_look, ids) => ids.map((id) => (shown.figures[id.block] ? drawn(id.block) : window.dash_clientside.no_update));
  window.dash_clientside = Object.assign({}, window.dash_clientside, { hemicycle: { follow, show, paint, period } });
  centre();
})();
