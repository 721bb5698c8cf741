/* What a reader's hand does: links are followed without loading the page again, sliders and drags become addresses,
   words are copied. Everything here works without this file too, as links and forms. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const REST_MS = 150; // without another step: the hand has come to rest
  const HIDDEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g; // characters that only a page can use

  function go(href) {
    const url = new URL(href, location.href);
    if (!window.hemicycle.isReady()) return location.assign(url); // a slider is moved before Dash is there
    window.hemicycle.press(url.pathname + url.search, url.hash);
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.querySelector("summary").contains(event.target)) menu.removeAttribute("open");
    }
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const pressed = event.target.closest("#theme, [data-copy], [data-frame], a[href^='/']");
    if (!pressed) return;
    if (pressed.id === "theme") window.hemicycleTheme.toggle();
    else if (pressed.dataset.copy) copy(pressed);
    else if (pressed.dataset.frame) {
      event.preventDefault();
      frame(pressed);
    }
    else if (!pressed.dataset.reload && window.hemicycle.isReady()) {
      event.preventDefault();
      go(pressed.href);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });

  // The board: keys lead from block to block; nothing newer is asked for without a press of U.
  document.addEventListener("keydown", (event) => {
    const parts = [...document.querySelectorAll("[data-page='board'] > .section")];
    if (!parts.length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code === "KeyU") return location.reload();
    const at = parts.findIndex((part) => part.getBoundingClientRect().bottom > innerHeight / 2);
    const [ahead, back] = document.documentElement.dir === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const steps = { [ahead]: at + 1, PageDown: at + 1, " ": at + 1, [back]: at - 1, PageUp: at - 1, Home: 0, End: parts.length - 1 };
    const to = parts[/^[1-9]$/.test(event.key) ? event.key - 1 : steps[event.key]];
    if (event.key in steps || to) event.preventDefault();
    to?.scrollIntoView();
  });

  // The address of what is on show, of this edition for good.
  function permanent() {
    const url = new URL(location.href);
    url.searchParams.set("edition", window.hemicycle.edition());
    url.searchParams.delete("as_of");
    return url.href;
  }

  async function copy(button) {
    const id = button.dataset.copy;
    const heading = document.querySelector(`#block-${id} h2, h1`);
    const said = [heading.textContent, byId(`${id}-summary`).textContent, window.hemicycle.source(), permanent()];
    await taken(button, said.join("\n").replace(HIDDEN, ""));
  }

  // The lines that show a block in a frame of another page, with the script that gives the frame its height.
  async function frame(link) {
    const shown = document.createElement("iframe"), script = document.createElement("script");
    Object.assign(shown, { src: link.href, title: link.dataset.frame.replace(HIDDEN, ""), loading: "lazy", width: "100%", height: "600" });
    shown.style.border = "0";
    script.src = new URL("/assets/embed.js", location.href).href;
    script.async = true;
    await taken(link, shown.outerHTML + script.outerHTML);
  }

  async function taken(button, text) {
    await navigator.clipboard.writeText(text);
    byId("announce").textContent = button.dataset.done;
    const words = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 1600);
  }

  // A slider: its words follow the hand, the address follows when the hand rests.
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-param]");
    if (!form) return;
    const words = form.dataset.words.split("|")[Number(event.target.value)];
    form.querySelector("output").textContent = words;
    event.target.setAttribute("aria-valuetext", words);
  });
  let waiting = 0;
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-param]");
    if (!form) return;
    clearTimeout(waiting); // arrow keys in a row are one address
    const value = form.dataset.values.split("|")[Number(event.target.value)];
    waiting = setTimeout(() => choose({ [form.dataset.param]: value }), REST_MS);
  });

  function choose(values) {
    const url = new URL(window.hemicycle.wanted(), location.href); // with a press that waits for its answer
    if (url.pathname !== location.pathname || !Object.keys(values).every((name) => byId(`${name}-box`))) return; // of a page that is left
    for (const [name, value] of Object.entries(values)) {
      if (!value || value === byId(`${name}-box`).dataset.default) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    go(url.href);
  }

  // A drag along the days of a chart chooses the period, a double click takes it back; the address follows.
  function period() {
    const moved = window.dash_clientside.callback_context.triggered[0]?.value || {};
    const days = byId("from-box")?.dataset.values.split("|");
    const [first, last] = [0, 1].map((end) => moved[`xaxis.range[${end}]`]?.slice(0, 10));
    if (days && first) {
      choose({ from: days.find((day) => day >= first) || days[0], to: days.findLast((day) => day <= last) });
    } else if (days && moved["xaxis.autorange"]) choose({ from: "", to: "" });
    return window.dash_clientside.no_update;
  }
  // Lines are read where their names stand: the value of each on the day under the hand, without drawing anything again.
  const graph = (event) => event.target.closest?.(".host")?.querySelector(".js-plotly-plot");
  const rule = Object.assign(document.createElement("div"), { className: "hand" });
  rule.append(document.createElement("span"));
  let reading = null; // the chart under the hand
  let atRest = new Map(); // what its words were before the hand came

  function valueAt(chart, id, day) {
    for (const kind of ["line", "after", "thin"]) {
      const trace = chart.data.find(({ name }) => name === `${kind}:${id}`);
      const at = trace ? trace.x.findLastIndex((one) => one <= day) : -1;
      if (at >= 0 && trace.y[at] !== null) return trace.y[at];
    }
    return null;
  }

  function write(node, words) {
    if (!atRest.has(node)) atRest.set(node, node.textContent);
    node.textContent = words;
  }

  function read(chart, clientX) {
    const { xaxis: axis, _size: room, separators: [mark], annotations } = chart._fullLayout;
    const right = clientX - chart.getBoundingClientRect().left - axis._offset;
    const day = String(axis.p2d(right)).slice(0, 10);
    const isShare = String(chart.layout.yaxis.ticktext?.[0]).includes("%");
    annotations.forEach(({ name }, at) => {
      const number = name?.startsWith("end:") && chart.querySelector(`.annotation[data-index="${at}"] [style*="bold"]`);
      if (!number) return;
      const value = valueAt(chart, name.slice(4), day);
      write(number, value === null ? "–" : value.toFixed(1).replace(".", mark) + (isShare ? "%" : ""));
      if (number.nextSibling) write(number.nextSibling, ""); // the projection's interval
    });
    const language = document.querySelector("[property='og:locale']").content.replace("_", "-");
    rule.firstChild.textContent = new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(day));
    rule.style.cssText = `left: ${axis._offset + right}px; top: ${room.t}px; height: ${room.h}px`;
    chart.closest(".host").append(rule);
  }

  document.addEventListener("pointermove", (event) => {
    const chart = graph(event);
    const isLines = chart?.data?.some(({ name }) => name?.startsWith("line:")) && !chart.layout.xaxis2;
    const now = isLines && !event.buttons ? chart : null;
    if (reading !== now) {
      for (const [node, words] of atRest) node.textContent = words;
      atRest = new Map();
      rule.remove();
    }
    reading = now;
    if (now) requestAnimationFrame(() => reading === now && read(now, event.clientX));
  });

  document.addEventListener("click", (event) => {
    const [place] = [graph(event)?._hoverdata?.find(({ customdata }) => customdata)?.customdata].flat();
    if (!place) return;
    const [to, from] = [new URL(place, location.href), new URL(location.href)];
    for (const name of ["election", "edition", "lang"]) if (from.searchParams.has(name)) to.searchParams.set(name, from.searchParams.get(name));
    go(to.href);
  });
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  clientside.hemicycle = Object.assign({}, clientside.hemicycle, { period });
})();
