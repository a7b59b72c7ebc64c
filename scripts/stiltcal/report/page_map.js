"use strict";
// The map of report.html: for each target a table, perturbations down and intermediate tasks across, coloured by value.

const MOST_COLOUR = 70; // per cent: the number on it stays readable

/** Draw the maps of the filtered targets in one language. */
function showMap(columns, filter) {
  const place = byId("map");
  const hadFocus = place.contains(document.activeElement);
  const oneLanguage = filter.language !== "each";
  byId("map-note").hidden = oneLanguage || !columns;
  byId("readout").textContent = "";
  const maps = columns && oneLanguage ? mapsOf(columns, filter) : [];
  const largest = strongest(maps);
  place.replaceChildren(...maps.map((map) => heat(map, largest)));
  const first = place.querySelector("td[tabindex]");
  if (first) first.tabIndex = 0;
  if (first && hadFocus) first.focus(); // the cell that had it is gone
}

/** The value with the strongest colour: a few larger ones have the same, so that the others can be told apart. */
function strongest(maps) {
  const sizes = maps.flatMap(({ cells }) => [...cells.values()].map(({ value }) => Math.abs(value)));
  return Math.max(1, sizes.sort((a, b) => a - b)[Math.floor(0.95 * (sizes.length - 1))] ?? 1);
}

/** For each target its rows (perturbations) and columns (intermediates) that have a number, and the cells by both. */
function mapsOf(columns, filter) {
  const maps = new Map();
  eachCell(filter, (place, target, i, p, language) => {
    const value = columns.estimate[place];
    if (value === MISSING) return;
    if (!maps.has(target)) maps.set(target, { target, language, cells: new Map(), across: new Set(), down: new Set() });
    const map = maps.get(target);
    map.cells.set(`${i} ${p}`, { value, place, mark: columns.mark ? columns.mark[place] : 0 });
    map.across.add(i);
    map.down.add(p);
  });
  return [...maps.values()];
}

function heat({ target, language, cells, across, down }, largest) {
  const columns = [...across].sort((a, b) => a - b);
  const heads = columns.map((i) =>
    element("th", { scope: "col" }, element("span", {}, label("intermediate", i))));
  const lines = [...down].sort((a, b) => a - b).map((p) =>
    element("tr", {}, element("th", { scope: "row" }, label("perturbation", p)),
      ...columns.map((i) => heatCell(cells.get(`${i} ${p}`), `${target} ${i} ${p} ${language}`, largest))));
  const table = element("table", { class: "heat" }, element("caption", {}, label("target", target)),
    element("thead", {}, element("tr", {}, element("td"), ...heads)), element("tbody", {}, ...lines));
  return element("div", { class: "heat-box" }, table);
}

function heatCell(cell, place, largest) {
  const made = document.createElement("td");
  if (!cell) {
    made.className = "absent";
    return made;
  }
  made.className = `${cell.value < 0 ? "down" : "up"} mark${cell.mark}`;
  made.textContent = printed(Math.round(cell.value / 10), 1) + (cell.mark === 2 ? "\u00d7" : "");
  made.style.setProperty("--share", `${Math.round(MOST_COLOUR * Math.min(1, Math.abs(cell.value) / largest))}%`);
  made.tabIndex = -1;
  made.dataset.place = `${place} ${cell.place}`;
  return made;
}

/** Codes of target, intermediate and perturbation of a cell of the map, and its place in the block. */
function placeOf(cell) {
  const [target, intermediate, perturbation, language, place] = cell.dataset.place.split(" ").map(Number);
  return { codes: { target, intermediate, perturbation, language }, place };
}

/** What a cell of the map says, in full. */
function described(cell) {
  const { codes, place } = placeOf(cell);
  const { estimate, low, high, mark } = state.columns;
  const interval = low[place] === MISSING ? "" : ` [${printed(low[place], 1000)}, ${printed(high[place], 1000)}]`;
  const marks = ["", ", significant", ", lower with the task lost"][mark ? mark[place] : 0] ?? "";
  const names = DIMENSIONS.map((dimension) => label(dimension, codes[dimension]));
  return `${names.join(", ")}: ${printed(estimate[place], 1000, isChange())}${interval}${marks}`;
}

/** Go to the neighbour of a cell in the direction of an arrow key; from the edge of a table to the next one. */
function moveFocus(cell, key) {
  const [line, column] = [cell.parentElement, cell.cellIndex];
  const lines = [...byId("map").querySelectorAll("tbody tr")];
  const step = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  const side = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  const next = (lines[lines.indexOf(line) + step] ?? line).cells[column + side];
  if (!next || !next.hasAttribute("tabindex")) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

/** Show one cell of the map in the table. */
function choose(cell) {
  const { codes } = placeOf(cell);
  for (const name of ["target", "intermediate", "perturbation"]) form[name].value = INDEX.names[name][codes[name]][0];
  keepAddress();
  return show();
}

byId("map").addEventListener("keydown", (event) => {
  const cell = event.target.closest("td[tabindex]");
  if (!cell) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    moveFocus(cell, event.key);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    choose(cell);
  }
});
byId("map").addEventListener("click", (event) => {
  const cell = event.target.closest("td[tabindex]");
  if (cell) choose(cell);
});
for (const kind of ["focusin", "mouseover"]) {
  byId("map").addEventListener(kind, (event) => {
    const cell = event.target.closest("td[tabindex]");
    if (cell) byId("readout").textContent = described(cell);
  });
}
