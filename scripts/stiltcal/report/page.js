"use strict";
// Filters and table of report.html. The filters stand in the address, so that a link opens what it shows.

const FIELDS = ["table", "metric", "scaling", ...DIMENSIONS];
const START = { ...INDEX.shown, language: "zero_shot", target: INDEX.names.target[0][0] };
function fillFilters() {
  for (const dimension of ["metric", "scaling", ...DIMENSIONS]) {
    const select = form[dimension];
    if (select.options.length === 0 && DIMENSIONS.includes(dimension) && dimension !== "language") {
      select.append(element("option", { value: "" }, "all"));
    }
    if (dimension === "language") select.append(element("option", { value: "each" }, "each language"));
    for (const [name, text] of INDEX.names[dimension]) select.append(element("option", { value: name }, text));
  }
}

/** Set the filters; what is not asked for is as at the start. */
function setFilters(asked) {
  for (const name of FIELDS) {
    form[name].value = asked[name] ?? START[name] ?? "";
    if (form[name].selectedIndex < 0) form[name].value = START[name] ?? "";
    if (form[name].selectedIndex < 0) form[name].selectedIndex = 0;
  }
}

/** Options of metric and scaling that the chosen table lacks cannot be chosen; a choice that vanished moves to the first. */
function limitChoices() {
  const has = (metric, scaling) => `${form.table.value}/${metric}/${scaling}` in INDEX.blocks;
  const scalings = INDEX.names.scaling.map(([name]) => name);
  for (const option of form.metric.options) option.disabled = !scalings.some((scaling) => has(option.value, scaling));
  if (form.metric.selectedOptions[0].disabled) form.metric.value = START.metric;
  for (const option of form.scaling.options) option.disabled = !has(form.metric.value, option.value);
  if (form.scaling.selectedOptions[0].disabled) {
    form.scaling.value = [...form.scaling.options].find((option) => !option.disabled).value;
  }
}

function keepAddress() {
  const changed = FIELDS.filter((name) => form[name].value !== (START[name] ?? ""));
  const query = new URLSearchParams(changed.map((name) => [name, form[name].value]));
  history.replaceState(null, "", `#explore?${query}`);
}

/** Show what the filters ask for. Returns the milliseconds that it took. */
async function show() {
  const start = performance.now();
  const turn = ++state.turn;
  limitChoices();
  const filter = Object.fromEntries(DIMENSIONS.map((name) => [name, form[name].value]));
  const columns = await block(form.table.value, form.metric.value, form.scaling.value);
  if (turn !== state.turn) return 0; // another choice came first
  state.columns = columns;
  state.rows = columns ? select(columns, filter) : { places: [], codes: [] };
  state.limit = STEP;
  showRows();
  showMap(columns, filter);
  showFigures(filter.target);
  return performance.now() - start;
}

function showRows() {
  const { rows, columns } = state;
  const count = rows.places.length;
  let order = null;
  if (state.sort && columns) order = sorted(rows, columns, state.sort, state.descending);
  const shown = Array.from({ length: Math.min(state.limit, count) }, (_, k) => (order ? order[k] : k));
  const range = rangeOf(shown);
  byId("rows").replaceChildren(...shown.map((k) => row(rows.places[k], rows.codes[k], range)));
  byId("count").textContent =
    count === 0 ? "No cell of the study has these filters." : count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`;
  byId("more").hidden = count <= state.limit;
  byId("explorer").classList.toggle("without-p_holm", !isChange());
  for (const head of document.querySelectorAll("#explorer th[data-key]")) {
    const direction = state.descending ? "descending" : "ascending";
    head.setAttribute("aria-sort", head.dataset.key === state.sort ? direction : "none");
  }
}

/** The interval that the drawn intervals span; of changes it holds zero. */
function rangeOf(shown) {
  let [low, high] = isChange() ? [0, 0] : [Infinity, -Infinity];
  for (const k of shown) {
    for (const name of ["estimate", "low", "high"]) {
      const value = state.columns[name][state.rows.places[k]];
      if (value !== MISSING) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return { low, width: Math.max(high - low, 1) };
}

function row(place, codes, range) {
  const { columns } = state;
  const cells = DIMENSIONS.map((name) =>
    element("td", { "data-label": name }, label(name, codeOf(codes, name))));
  const [low, high] = [columns.low[place], columns.high[place]].map((value) => printed(value, 1000, false));
  const mark = columns.mark ? columns.mark[place] : 0;
  const estimate = element("td", { "data-label": "estimate", class: `number mark${mark}` },
    printed(columns.estimate[place], 1000, isChange()) + (mark === 2 ? " \u00d7" : ""));
  const interval = low ? `${low} to ${high}` : "";
  const p = !columns.p_holm ? "" : columns.p_holm[place] === 0 ? "<\u20090.001" : printed(columns.p_holm[place], 1000);
  return element("tr", {}, ...cells, estimate,
    element("td", { "data-label": "95 % interval", class: "number" }, interval),
    element("td", { "data-label": "drawn", class: "drawn", "aria-hidden": "true" }, drawn(place, range)),
    element("td", { "data-label": "p (Holm)", class: "number p" }, p),
    element("td", { "data-label": "n", class: "number" }, printed(columns.n[place], 1)),
    element("td", { "data-label": "texts" }, texts(codes)));
}

/** An interval as a line with a dot, and zero as a thin line. */
function drawn(place, { low, width }) {
  const at = (value) => (100 * (value - low)) / width;
  const [from, to, middle] = ["low", "high", "estimate"].map((name) => state.columns[name][place]);
  const box = element("span", { class: "interval" });
  const part = (name, left, right) => {
    const made = element("i", { class: name });
    made.style.left = `${left}%`;
    made.style.width = `${right - left}%`;
    box.append(made);
  };
  if (isChange()) part("zero", at(0), at(0));
  if (from !== MISSING && to !== MISSING) part("line", at(from), at(to));
  part("dot", at(middle), at(middle));
  return box;
}

/** The page of the gallery of a cell: of a mean that of its first language that is not the source. */
function galleryOf(codes) {
  const [target, language] = [codeOf(codes, "target"), codeOf(codes, "language")];
  const own = INDEX.languages[target].filter((code) => !IS_MEAN[code]).map((code) => INDEX.names.language[code][0]);
  const name = INDEX.names.language[language][0];
  const page = IS_MEAN[language] ? (own.find((code) => code !== INDEX.source) ?? own[0]) : name;
  const text = INDEX.names.perturbation[codeOf(codes, "perturbation")][0];
  return { page, href: `${INDEX.gallery}/${INDEX.names.target[target][0]}/${page}.html#${encodeURIComponent(text)}` };
}

function texts(codes) {
  if (INDEX.names.perturbation[codeOf(codes, "perturbation")][0] === "clean") return "";
  const { page, href } = galleryOf(codes);
  return element("a", { href }, page);
}

/** Images of a target are shown if it is chosen, or all. */
function showFigures(target) {
  for (const image of document.querySelectorAll("[data-target]")) {
    image.hidden = target !== "" && image.dataset.target !== target;
  }
}

function sortBy(key) {
  state.descending = state.sort === key ? !state.descending : false;
  state.sort = key;
  showRows();
}

/** Open what the address asks for: `#explore?target=xquad&language=de`. */
function followAddress(scroll) {
  if (!location.hash.startsWith("#explore?")) return show();
  setFilters(Object.fromEntries(new URLSearchParams(location.hash.slice("#explore?".length))));
  if (scroll) byId("explore").scrollIntoView();
  return show();
}

function begin() {
  fillFilters();
  setFilters({});
  form.addEventListener("change", () => { keepAddress(); show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); setFilters({}); state.sort = ""; keepAddress(); show(); });
  byId("more").addEventListener("click", () => { state.limit += STEP; showRows(); });
  for (const head of document.querySelectorAll("#explorer th[data-key]")) {
    head.firstElementChild.addEventListener("click", () => sortBy(head.dataset.key));
  }
  window.addEventListener("hashchange", () => { if (location.hash.startsWith("#explore?")) followAddress(true); });
  document.documentElement.classList.add("ready");
  return followAddress(true);
}

const ready = begin().then(() => performance.mark("shown"));
