// What the report's reader can do: choose the script, light or dark, the alternative shown; charts are drawn when seen.
"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const drawn = new Map();
  let language = root.dataset.lang;
  let alternative = data.main;
  let replay = null;

  const isWords = (part) =>
    part !== null && typeof part === "object" && data.languages.every((one) => typeof part[one] === "string");

  // A specification's texts in the reader's language: words become text, everything else stays.
  const said = (part) => {
    if (Array.isArray(part)) return part.map(said);
    if (part === data.baseline_colour) return colour("--ink");
    if (part === null || typeof part !== "object") return part;
    if (isWords(part)) return part[language];
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, said(inner)]));
  };

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  const looks = () => {
    const [ink, soft, grid, line] = ["--ink", "--soft", "--grid", "--line"].map(colour);
    const title = { titleColor: ink, labelColor: soft, titleFontWeight: "normal" };
    return {
      background: "transparent", aria: false,
      font: getComputedStyle(document.body).fontFamily,
      axis: { ...title, gridColor: grid, domainColor: line, tickColor: line, labelLimit: 170, titleFontSize: 12 },
      legend: { ...title, labelLimit: 260, orient: "bottom", columns: window.innerWidth < 700 ? 1 : 4, symbolLimit: 40 },
      header: { labelColor: ink, titleColor: ink, labelFontWeight: "bold", labelLimit: 600 },
      text: { color: ink }, title: { color: ink }, view: { stroke: "transparent" },
      rule: { color: ink }, style: { "guide-label": { fontSize: 11 }, "group-title": { fill: ink } },
    };
  };

  // A chart of one panel takes the width that there is; facets are told how wide each may be.
  const fitted = (spec, whole, width) =>
    spec.facet
      ? { ...spec, spec: { ...spec.spec, width } }
      : { ...spec, width: whole, autosize: { type: "fit-x", contains: "padding" } };

  // A chart of one alternative that has no row for the chosen one is put away.
  const empty = (name) => {
    if (!data.of_one.includes(name)) return false;
    const rows = (data.charts[name].data || {}).values;
    return Array.isArray(rows) && !rows.some((row) => row.alternative === alternative && !row.nothing);
  };

  const draw = async (box) => {
    const name = box.dataset.chart;
    const nothing = (box.closest("figure").hidden = empty(name));
    if (nothing) { drawn.delete(name); delete box.dataset.drawn; return; }
    const before = drawn.get(name);
    if (before) before.finalize();
    drawn.set(name, { finalize() {} });
    const width = Math.max(240, box.clientWidth - (window.innerWidth < 700 ? 70 : 140));
    const spec = fitted(said(data.charts[name]), box.clientWidth, width);
    for (const one of spec.params || []) if (one.name === "alternative") one.value = alternative;
    const result = await window.vegaEmbed(box, { $schema: undefined, ...spec }, {
      mode: "vega-lite", renderer: "svg", actions: false, config: looks(), logLevel: 1, tooltip: { disableDefaultStyle: true },
    });
    const picture = box.querySelector("svg");
    for (const part of picture.querySelectorAll("[role]"))
      for (const name of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(name);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", data.titles[name][language]);
    drawn.set(name, result);
    box.dataset.drawn = language;
  };

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting && !drawn.has(entry.target.dataset.chart)) draw(entry.target);
  }, { rootMargin: "400px" });

  // The wheel scrolls the page; it zooms a chart only after a click into it, or with Ctrl held.
  for (const box of boxes) {
    box.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !box.classList.contains("entered")) event.stopPropagation();
    }, { capture: true, passive: true });
    box.addEventListener("pointerdown", () => box.classList.add("entered"));
    box.addEventListener("pointerleave", () => box.classList.remove("entered"));
  }

  const redraw = () => boxes.filter((box) => drawn.has(box.dataset.chart)).forEach(draw);

  const speak = (chosen) => {
    language = chosen;
    root.lang = chosen;
    root.dataset.lang = chosen;
    for (const one of document.querySelectorAll("[data-words]")) one.textContent = JSON.parse(one.dataset.words)[chosen];
    for (const one of document.querySelectorAll("[data-label-words]"))
      one.setAttribute("aria-label", JSON.parse(one.dataset.labelWords)[chosen]);
    for (const one of document.querySelectorAll("[data-language]"))
      one.setAttribute("aria-pressed", String(one.dataset.language === chosen));
    if (replay) replay.setWords(said(data.replay.words));
    redraw();
  };

  const preferred = () => {
    for (const one of navigator.languages || [navigator.language || ""]) {
      if (/^zh-(hk|mo|tw|hant)/i.test(one)) return "zh-Hant-HK";
      if (/^zh/i.test(one)) return "zh-Hans";
      if (/^en/i.test(one)) return "en";
    }
    return "en";
  };

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = (theme) => { root.dataset.theme = theme; redraw(); };
  root.dataset.theme = dark.matches ? "dark" : "light";
  dark.addEventListener("change", () => paint(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () =>
    paint(root.dataset.theme === "dark" ? "light" : "dark"));
  document.getElementById("print").addEventListener("click", () => window.print());
  document.querySelector(".controls").addEventListener("click", (event) => {
    const button = event.target.closest("[data-language]");
    if (button) speak(button.dataset.language);
  });
  document.getElementById("alternative").addEventListener("change", (event) => {
    alternative = event.target.value;
    for (const box of boxes) {
      if (!data.of_one.includes(box.dataset.chart)) continue;
      if (drawn.has(box.dataset.chart) || box.closest("figure").hidden) draw(box);
      else box.closest("figure").hidden = empty(box.dataset.chart);
    }
    if (replay) replay.setAlternative(alternative);
  });
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    boxes.filter((box) => !drawn.has(box.dataset.chart)).forEach(draw);
  });
  let waiting = 0;
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 200);
  });

  window.addEventListener("load", () => {
    const stage = document.getElementById("replay-stage");
    if (stage && data.replay) {
      replay = window.startReplay(stage, data.replay.data, said(data.replay.words));
      replay.setAlternative(alternative);
    }
    speak(root.dataset.ask === "browser" ? preferred() : language);
    for (const box of boxes) box.closest("figure").hidden = empty(box.dataset.chart);
    boxes.forEach((box) => seen.observe(box));
    root.dataset.ready = "yes";
  });
})();
