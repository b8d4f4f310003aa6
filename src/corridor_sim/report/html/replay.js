// The replay of one replication on the map: a slider through time, consignments as moving dots, counts as text.
// window.startReplay(root, data, words) draws into `root` what charts/replay.py says; `words` are in one language.
// It returns { setAlternative(name), setWords(words), setTime(minutes), stop() }.
"use strict";
window.startReplay = (root, data, words) => {
  const SVG = "http://www.w3.org/2000/svg";
  const MINUTES_PER_HOUR = 60;
  const HOURS_PER_DAY = 24;
  const NEAR_PIXELS = 26; // places closer than this share one ring
  const CLOSER = 1.7;
  const PLACE_KM = 60; // what is seen around a place that is looked at
  const STEP_MS = 1000; // how often the picture changes for those who want less motion
  const make = (name, parent, attributes = {}) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };
  const shape = (name, parent, attributes = {}) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  // ---- what is known: lines of legs with their lengths, tracks with their times
  const lines = data.legs.map((leg) => {
    const points = [];
    let x = 0;
    let y = 0;
    for (let at = 0; at < leg.line.length; at += 2) points.push([(x += leg.line[at]), (y += leg.line[at + 1])]);
    const lengths = [0];
    for (let at = 1; at < points.length; at += 1)
      lengths.push(lengths[at - 1] + Math.hypot(points[at][0] - points[at - 1][0], points[at][1] - points[at - 1][1]));
    return { points, lengths };
  });
  const along = (leg, share) => {
    const { points, lengths } = lines[leg];
    const length = share * lengths[lengths.length - 1];
    let at = 1;
    while (at < points.length - 1 && lengths[at] < length) at += 1;
    const stretch = lengths[at] - lengths[at - 1];
    const part = stretch > 0 ? (length - lengths[at - 1]) / stretch : 0;
    return [0, 1].map((axis) => points[at - 1][axis] + part * (points[at][axis] - points[at - 1][axis]));
  };
  const tracksOf = (alternative) => alternative.tracks.map(([path, ...steps]) => {
    let time = 0;
    const [origin, ...legs] = alternative.paths[path];
    return { origin, legs, times: steps.map((step) => (time += step)) };
  });
  const known = new Map();
  let shown = 0;
  const tracks = () => {
    if (!known.has(shown)) known.set(shown, tracksOf(data.alternatives[shown]));
    return known.get(shown);
  };

  // ---- what is on the page
  root.replaceChildren();
  make("style", root).textContent = `
    .replay { display: grid; gap: .5rem; }
    .replay-row { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center; }
    .replay-row label { display: flex; flex-wrap: wrap; gap: .2rem .4rem; align-items: center; }
    .replay .replay-time { flex: 1 1 14rem; flex-wrap: nowrap; }
    .replay-time input { flex: 1 1 auto; min-width: 6rem; min-height: 2rem; accent-color: var(--accent, #0a5ea8); }
    .replay select { max-width: min(16rem, 60vw); }
    .replay svg { display: block; width: 100%; border: 1px solid var(--grid, #ddd); background: var(--paper, #fff);
      cursor: grab; touch-action: pan-y; user-select: none; }
    .replay-land { fill: var(--land, #e4e4dc); stroke: none; }
    .replay-leg { fill: none; stroke-width: 1.6px; opacity: .55; vector-effect: non-scaling-stroke; }
    .replay-dot { stroke: var(--paper, #fff); stroke-width: 1px; }
    .replay-ring { fill: var(--paper, #fff); stroke: var(--ink, #222); stroke-width: 1.4px; }
    .replay svg text { fill: var(--ink, #222); font-size: 11px; }
    .replay-count { text-anchor: middle; dominant-baseline: central; font-weight: bold; }
    .replay-name { paint-order: stroke; stroke: var(--paper, #fff); stroke-width: 3px; }
    .replay p { margin: 0; }
    .replay-clock { font-weight: bold; font-variant-numeric: tabular-nums; }
    .replay-counts { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-variant-numeric: tabular-nums; }
    .replay-legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0; padding: 0; list-style: none; }
    .replay-swatch { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .35em; }
    .replay-hollow { border: 2px solid var(--ink, #222); box-sizing: border-box; }
    .replay-small { font-size: .88rem; color: var(--soft, inherit); }`;
  const box = make("div", root, { class: "replay" });
  const firstRow = make("div", box, { class: "replay-row" });
  const play = make("button", firstRow, { type: "button", class: "replay-play" });
  const timeLabel = make("label", firstRow, { class: "replay-time" });
  const timeText = make("span", timeLabel);
  const slider = make("input", timeLabel, { type: "range", step: "1" });
  const secondRow = make("div", box, { class: "replay-row" });
  const speedLabel = make("label", secondRow);
  const speedText = make("span", speedLabel);
  const speed = make("select", speedLabel);
  const lookLabel = make("label", secondRow);
  const lookText = make("span", lookLabel);
  const look = make("select", lookLabel);
  const closer = make("button", secondRow, { type: "button" });
  const wider = make("button", secondRow, { type: "button" });
  const told = make("div", box, { class: "replay-told", "aria-live": "polite" });
  const clock = make("p", told, { class: "replay-clock" });
  const counts = make("p", told, { class: "replay-counts" });
  const counted = ["not_yet", "standing", "on_the_way", "delivered"].map((key) => {
    const span = make("span", counts, { "data-count": key });
    return { key, span };
  });
  const picture = shape("svg", box, { role: "img" });
  const ground = shape("g", picture);
  shape("path", ground, { d: data.land, class: "replay-land" });
  const courses = shape("g", ground);
  const rings = shape("g", picture);
  const dots = shape("g", picture);
  const names = shape("g", picture);
  const legend = make("ul", box, { class: "replay-legend" });
  const which = make("p", box, { class: "replay-small" });
  const notes = make("p", box, { class: "replay-small" });

  const firstHour = Math.floor(data.from / MINUTES_PER_HOUR);
  const lastHour = Math.ceil(data.to / MINUTES_PER_HOUR);
  slider.min = String(firstHour);
  slider.max = String(lastHour);
  data.speeds.forEach((minutes, number) => make("option", speed, { value: String(minutes) }).selected = number === data.speed);
  make("option", look, { value: "whole" });

  // ---- the view: what of the map is seen, as its middle and pixels per unit
  const [west, north, east, south] = data.window;
  const size = { width: 300, height: 300 };
  let view = { x: (west + east) / 2, y: (north + south) / 2, scale: 1 };
  const whole = () => Math.min(size.width / (east - west), size.height / (south - north));
  const most = () => size.width * data.unit_km / 2; // two kilometres across
  const project = ([x, y]) => [(x - view.x) * view.scale + size.width / 2, (y - view.y) * view.scale + size.height / 2];
  let touched = false;
  let stations = [];

  const measure = () => {
    size.width = Math.max(200, picture.clientWidth || box.clientWidth || 300);
    size.height = Math.round(clamp(size.width * (south - north) / (east - west), 260, 560));
    picture.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    picture.style.height = `${size.height}px`;
    if (!touched) view = { x: (west + east) / 2, y: (north + south) / 2, scale: whole() };
  };
  const look_at = (x, y, scale) => {
    touched = true;
    view = { x: clamp(x, west, east), y: clamp(y, north, south), scale: clamp(scale, whole() * .8, most()) };
    redraw();
  };

  // Places that would cover each other on the screen share one ring; its name is that of the busiest and how many more.
  const gather = () => {
    const used = new Set();
    const busy = new Map();
    for (const track of tracks()) {
      for (const place of [track.origin, ...track.legs.map((leg) => data.legs[leg].ends[1])]) {
        used.add(place);
        busy.set(place, (busy.get(place) || 0) + 1);
      }
      for (const leg of track.legs) used.add(data.legs[leg].ends[0]);
    }
    stations = [];
    for (const place of [...used].sort((one, other) => (busy.get(other) || 0) - (busy.get(one) || 0))) {
      const at = project(data.places[place]);
      const near = stations.find((one) => Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < NEAR_PIXELS);
      if (near) near.places.push(place);
      else stations.push({ at, places: [place] });
    }
  };

  const wide = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 11.5 : 6.3), 0);
  const label = () => {
    names.replaceChildren();
    const taken = stations.map(({ at: [x, y] }) => [x - 12, y - 12, x + 12, y + 12]);
    for (const { at: [x, y], places } of stations) {
      if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
      const text = words.places[places[0]] + (places.length > 1 ? ` +${places.length - 1}` : "");
      const width = wide(text);
      const spots = [[x + 15, y + 4], [x - 15 - width, y + 4], [x - width / 2, y - 17], [x - width / 2, y + 25]];
      const free = spots.find(([left, base]) => left > 2 && left + width < size.width - 2 && !taken.some((other) =>
        left < other[2] && left + width > other[0] && base - 10 < other[3] && base + 3 > other[1]));
      if (!free) continue;
      taken.push([free[0], free[1] - 10, free[0] + width, free[1] + 3]);
      shape("text", names, { class: "replay-name", x: free[0].toFixed(1), y: free[1].toFixed(1) }).textContent = text;
    }
  };

  const redraw = () => {
    const { x, y, scale } = view;
    ground.setAttribute("transform",
      `translate(${size.width / 2 - x * scale} ${size.height / 2 - y * scale}) scale(${scale})`);
    gather();
    label();
    draw();
  };

  const drawCourses = () => {
    courses.replaceChildren();
    const used = new Set(tracks().flatMap((track) => track.legs));
    for (const number of used) {
      const points = lines[number].points.map((point) => point.join(" ")).join("L");
      const leg = shape("path", courses, { class: "replay-leg", d: `M${points}` });
      leg.style.stroke = colourOf(number);
    }
  };
  const colourOf = (leg) => (data.modes[data.legs[leg].mode] || { colour: "#999999" }).colour;

  // ---- the state of the world at a time
  let time = data.from;
  const stateAt = (now) => {
    const state = { not_yet: 0, standing: 0, on_the_way: 0, delivered: 0, at: new Map(), riding: new Map() };
    for (const { origin, legs, times } of tracks()) {
      let passed = 0;
      while (passed < times.length && times[passed] <= now) passed += 1;
      if (passed === 0) state.not_yet += 1;
      else if (passed === 2 * legs.length + 2) state.delivered += 1;
      else if (passed % 2 === 1) {
        const place = passed === 1 ? origin : data.legs[legs[(passed - 3) / 2]].ends[1];
        state.standing += 1;
        state.at.set(place, (state.at.get(place) || 0) + 1);
      } else {
        const leg = legs[passed / 2 - 1];
        const begin = times[passed - 1];
        const end = passed < times.length ? times[passed] : Math.max(data.to, begin + 1);
        const key = `${leg}:${begin}:${end}`;
        const riding = state.riding.get(key) || { leg, share: (now - begin) / Math.max(1, end - begin), count: 0 };
        riding.count += 1;
        state.on_the_way += 1;
        state.riding.set(key, riding);
      }
    }
    return state;
  };

  const reuse = (group, name, number) => group.children[number] || shape(name, group);
  const trim = (group, count) => { while (group.children.length > count) group.lastChild.remove(); };
  const number = (value) => new Intl.NumberFormat(words.language).format(value);
  const dated = () => {
    const options = { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit",
      minute: "2-digit", hourCycle: "h23" };
    const moment = new Date(data.start_ms + Math.round(time) * 60000);
    try {
      return new Intl.DateTimeFormat(words.language, { ...options, timeZone: data.timezone }).format(moment);
    } catch {
      return new Intl.DateTimeFormat(words.language, { ...options, timeZone: "UTC", timeZoneName: "short" }).format(moment);
    }
  };

  const draw = () => {
    const state = stateAt(time);
    let count = 0;
    for (const { leg, share, count: held } of state.riding.values()) {
      const [x, y] = project(along(leg, clamp(share, 0, 1)));
      const dot = reuse(dots, "circle", count);
      count += 1;
      dot.setAttribute("class", "replay-dot");
      dot.setAttribute("cx", x.toFixed(1));
      dot.setAttribute("cy", y.toFixed(1));
      dot.setAttribute("r", clamp(2.6 + 1.3 * Math.sqrt(held), 3.9, 11).toFixed(1));
      dot.style.fill = colourOf(leg);
    }
    trim(dots, count);
    count = 0;
    for (const { at: [x, y], places } of stations) {
      const here = places.reduce((sum, place) => sum + (state.at.get(place) || 0), 0);
      const ring = reuse(rings, "g", count);
      count += 1;
      const circle = reuse(ring, "circle", 0);
      const text = reuse(ring, "text", 1);
      circle.setAttribute("class", "replay-ring");
      text.setAttribute("class", "replay-count");
      for (const [part, across, down] of [[circle, "cx", "cy"], [text, "x", "y"]]) {
        part.setAttribute(across, x.toFixed(1));
        part.setAttribute(down, y.toFixed(1));
      }
      circle.setAttribute("r", here ? clamp(7 + Math.sqrt(here), 8, 16).toFixed(1) : "3");
      text.textContent = here ? String(here) : "";
    }
    trim(rings, count);
    for (const { key, span } of counted) span.textContent = `${words[key]}${words.colon}${number(state[key])}`;
    const now = dated();
    clock.textContent = `${now} · ${data.timezone}`;
    slider.value = String(Math.round(time / MINUTES_PER_HOUR));
    slider.setAttribute("aria-valuetext", now);
  };

  // ---- time passes
  let playing = false;
  let frame = 0;
  let timer = 0;
  let before = 0;
  const setTime = (minutes) => { time = clamp(minutes, firstHour * MINUTES_PER_HOUR, lastHour * MINUTES_PER_HOUR); draw(); };
  const advance = (milliseconds) => {
    setTime(time + (milliseconds / 1000) * Number(speed.value));
    if (time >= lastHour * MINUTES_PER_HOUR) pause();
  };
  const tick = (moment) => {
    if (!playing) return;
    advance(Math.min(250, moment - before));
    before = moment;
    if (playing) frame = requestAnimationFrame(tick);
  };
  const face = () => {
    play.textContent = playing ? words.pause : words.play;
    told.setAttribute("aria-live", playing ? "off" : "polite");
  };
  const start = () => {
    if (time >= lastHour * MINUTES_PER_HOUR) time = data.from;
    playing = true;
    face();
    if (calm.matches) timer = setInterval(() => advance(STEP_MS), STEP_MS);
    else frame = requestAnimationFrame((moment) => { before = moment; tick(moment); });
  };
  const pause = () => {
    playing = false;
    cancelAnimationFrame(frame);
    clearInterval(timer);
    face();
  };
  play.addEventListener("click", () => (playing ? pause() : start()));
  slider.addEventListener("input", () => setTime(Number(slider.value) * MINUTES_PER_HOUR));
  slider.addEventListener("keydown", (event) => {
    const days = { PageUp: 1, PageDown: -1 }[event.key];
    if (!days) return;
    event.preventDefault();
    setTime(time + days * HOURS_PER_DAY * MINUTES_PER_HOUR);
  });

  // ---- the reader looks around
  look.addEventListener("change", () => {
    if (look.value === "whole") { touched = false; measure(); redraw(); return; }
    const [x, y] = data.places[Number(look.value)];
    look_at(x, y, Math.min(size.width, size.height) * data.unit_km / (2 * PLACE_KM));
  });
  closer.addEventListener("click", () => look_at(view.x, view.y, view.scale * CLOSER));
  wider.addEventListener("click", () => look_at(view.x, view.y, view.scale / CLOSER));
  let drag = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) drag = { x: event.clientX, y: event.clientY, from: view };
  });
  const move = (event) => {
    if (!drag) return;
    const { from } = drag;
    look_at(from.x - (event.clientX - drag.x) / from.scale, from.y - (event.clientY - drag.y) / from.scale, from.scale);
  };
  const drop = () => { drag = null; };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", drop);

  const speak = () => {
    timeText.textContent = words.time;
    speedText.textContent = words.speed;
    lookText.textContent = words.look_at;
    closer.textContent = words.closer;
    wider.textContent = words.wider;
    [...speed.options].forEach((option, at) => { option.textContent = words.speeds[at]; });
    look.options[0].textContent = words.whole;
    [...look.options].slice(1).forEach((option) => { option.textContent = words.places[Number(option.value)]; });
    picture.setAttribute("aria-label", words.picture);
    legend.replaceChildren();
    const used = new Set(tracks().flatMap((track) => track.legs.map((leg) => data.legs[leg].mode)));
    data.modes.forEach((mode, at) => {
      if (!used.has(at)) return;
      const item = make("li", legend);
      make("span", item, { class: "replay-swatch", "aria-hidden": "true" }).style.background = mode.colour;
      item.append(words.modes[at]);
    });
    const standing = make("li", legend);
    make("span", standing, { class: "replay-swatch replay-hollow", "aria-hidden": "true" });
    standing.append(words.standing);
    which.textContent = tracks().length ? words.shown[shown] : words.none;
    notes.textContent = `${words.how_sized}${words.space}${words.schematic}`;
    face();
  };

  const setAlternative = (name) => {
    const at = data.alternatives.findIndex((one) => one.name === name);
    shown = at < 0 ? 0 : at;
    const chosen = look.value;
    while (look.options.length > 1) look.options[1].remove();
    const used = new Set(tracks().flatMap((track) => [track.origin, ...track.legs.flatMap((leg) => data.legs[leg].ends)]));
    for (const place of [...used].sort((one, other) => one - other)) make("option", look, { value: String(place) });
    look.value = [...look.options].some((option) => option.value === chosen) ? chosen : "whole";
    drawCourses();
    speak();
    redraw();
  };
  const setWords = (other) => { words = other; speak(); redraw(); };

  const watcher = new ResizeObserver(() => {
    if (picture.clientWidth && picture.clientWidth !== size.width) { measure(); redraw(); }
  });
  watcher.observe(box);
  const stop = () => {
    pause();
    watcher.disconnect();
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", drop);
  };
  measure();
  setAlternative(data.alternatives[0].name);
  return { setAlternative, setWords, setTime, stop };
};
