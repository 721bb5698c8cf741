/* What a reader takes away: a table from the server, a picture or the words from here. */
(function () {
  "use strict";
  const HEBREW = /[\u0590-\u05ff]/;
  const RANGES = { latin: "U+0000-02FF,U+2000-22FF", hebrew: "U+0590-05FF,U+200C-200F,U+FB1D-FB4F" };
  const faces = {}; // by script, asked for once

  function heading(node) {
    for (let part = node; part; part = part.parentElement) {
      const found = part.querySelector(":scope > h2, :scope > h3, :scope > h1");
      if (found) return found.textContent;
    }
    return document.title;
  }

  function offer(address, name) {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.dataset.reload = "true"; // not a page of ours to be followed
    document.body.append(link);
    link.click();
    link.remove();
  }

  // The chart as it stands, with its title above and its source beneath.
  async function drawing(id) {
    const plot = document.getElementById(id).querySelector(".js-plotly-plot");
    const colours = window.hemicycle.palette();
    const source = window.hemicycle.source();
    const isRtl = document.documentElement.dir === "rtl";
    const edge = { x: isRtl ? 0.98 : 0.02, xanchor: isRtl ? "right" : "left" };
    const margin = { ...plot.layout.margin, t: plot.layout.margin.t + 58, b: plot.layout.margin.b + 34 };
    const width = Math.max(plot.clientWidth, 480);
    const height = plot.clientHeight + 92;
    const foot = {
      text: source, showarrow: false, xref: "paper", yref: "paper", x: isRtl ? 1 : 0, y: 0, yanchor: "top",
      xanchor: edge.xanchor, xshift: isRtl ? margin.r - 24 : 14 - margin.l, yshift: -margin.b + 24,
      font: { size: Math.min(12, (width * 1.75) / source.length), color: colours.quiet },
    };
    const title = { text: `<b>${heading(plot)}</b>`, ...edge, xref: "container", y: 1, yref: "container", yanchor: "top", pad: { t: 18 }, font: { size: 18 } };
    const layout = {
      ...plot.layout, autosize: false, width, height, margin, title, paper_bgcolor: colours.paper,
      annotations: [...(plot.layout.annotations || []), foot],
    };
    const address = await window.Plotly.toImage({ data: plot.data, layout }, { format: "svg", width, height });
    const svg = await inOurType(decodeURIComponent(address.slice(address.indexOf(",") + 1)));
    return { svg, width, height };
  }

  // A picture that leaves the page has no style sheet: the type goes with it.
  async function inOurType(svg) {
    const scripts = HEBREW.test(svg) ? ["latin", "hebrew"] : ["latin"];
    const rules = await Promise.all(scripts.map((script) => (faces[script] ||= face(script))));
    return svg.replace(/<svg[^>]*>/, (head) => `${head}<style>${rules.join("")}</style>`);
  }

  async function face(script) {
    const known = document.querySelector("link[rel=preload][as=font]").href;
    const answer = await fetch(known.replace(/heebo-\w+-/, `heebo-${script}-`));
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return `@font-face{font-family:Heebo;font-weight:100 900;src:url(data:font/woff2;base64,${btoa(text)}) format("woff2");unicode-range:${RANGES[script]}}`;
  }

  async function picture(id, kind) {
    const { svg, width, height } = await drawing(id);
    const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    if (kind === "svg") return offer(address, `${id}.svg`);
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    offer(canvas.toDataURL("image/png"), `${id}.png`);
  }

  async function copy(button) {
    const id = button.dataset.chart;
    const said = document.getElementById(`${id}-summary`).textContent;
    const text = [heading(document.getElementById(id)), said, window.hemicycle.source(), location.href].join("\n");
    await navigator.clipboard.writeText(text);
    document.getElementById("announce").textContent = button.dataset.done;
    const words = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 1600);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (!button) return;
    const { save, chart, table } = button.dataset;
    const page = location.pathname.replace(/\/$/, "");
    if (table) offer(`/table${page}/${table}.${save}${window.hemicycle.asRead()}`, "");
    else if (save === "text") copy(button);
    else picture(chart, save);
  });
})();
