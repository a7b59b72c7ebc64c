"use strict";
// Data of report.html: unpack the blocks that packing.py packed, and select and sort their rows; and what all scripts of
// the page share. The scripts are one in the page, in the order page_data, page_map, page_sources, page.

const MISSING = -(2 ** 31);
const STEP = 50; // rows that the table shows, and adds
const byId = (id) => document.getElementById(id);
const form = byId("filters");
const state = { sort: "", descending: false, limit: STEP, turn: 0, rows: null, columns: null };
const INDEX = JSON.parse(byId("index").textContent);
const DIMENSIONS = ["target", "intermediate", "perturbation", "language"];
const CODES = Object.fromEntries(
  Object.entries(INDEX.names).map(([key, names]) => [key, new Map(names.map(([name], code) => [name, code]))]),
);
const COUNT = Object.fromEntries(Object.entries(INDEX.names).map(([key, names]) => [key, names.length]));
const IS_MEAN = INDEX.names.language.map(([name]) => name === "zero_shot" || name === "all");
const unpackedBlocks = new Map();
const label = (dimension, code) => INDEX.names[dimension][code][1];
const isChange = () => form.table.value !== "scores";

/** A new element; texts among the children are text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A script element with data. Most stand after the scripts, so that the page is shown before all of them are read. */
async function dataElement(id) {
  if (!byId(id) && document.readyState === "loading") {
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  }
  return byId(id);
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}

/** The bytes that a script element holds as gzip in base64. */
async function unpack(id) {
  const packed = bytesOf((await dataElement(id)).textContent);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Columns of a block by name: whole numbers or thousandths, MISSING where there is none. */
function columnsOf(bytes, described) {
  const columns = {};
  const length = bytes.length / described.reduce((sum, column) => sum + column.width, 0);
  let place = 0;
  for (const { name, least, width } of described) {
    const values = new Int32Array(length);
    for (let k = 0; k < length; k++) {
      let offset = 0;
      for (let plane = 0; plane < width; plane++) offset |= bytes[place + plane * length + k] << (8 * plane);
      values[k] = offset ? offset + least - 1 : MISSING;
    }
    columns[name] = values;
    place += width * length;
  }
  return columns;
}

/** The columns of a block, unpacked at its first use; null if the study has no such block. */
async function block(table, metric, scaling) {
  const key = `${table}/${metric}/${scaling}`;
  if (!(key in INDEX.blocks)) return null;
  if (!unpackedBlocks.has(key)) unpackedBlocks.set(key, columnsOf(await unpack(`block ${key}`), INDEX.blocks[key]));
  return unpackedBlocks.get(key);
}

/** Codes of a dimension that a choice allows: "" all of them; of languages also `each`, all that are no means. */
function allowed(dimension, choice) {
  const codes = [...INDEX.names[dimension].keys()];
  if (choice === "" || choice === undefined) return codes;
  if (dimension === "language" && choice === "each") return codes.filter((code) => !IS_MEAN[code]);
  const code = CODES[dimension].get(choice);
  return code === undefined ? [] : [code];
}

/** Visit the cells that a filter allows: place in the block, and codes of target, intermediate, perturbation, language. */
function eachCell(filter, visit) {
  const targets = new Set(allowed("target", filter.target));
  const [intermediates, perturbations] = [
    allowed("intermediate", filter.intermediate),
    allowed("perturbation", filter.perturbation),
  ];
  const languages = new Set(allowed("language", filter.language));
  let first = 0;
  INDEX.languages.forEach((own, target) => {
    const shown = own.map((code, k) => [code, k]).filter(([code]) => languages.has(code));
    for (const i of targets.has(target) ? intermediates : []) {
      for (const p of perturbations) {
        const start = first + (i * COUNT.perturbation + p) * own.length;
        for (const [language, k] of shown) visit(start + k, target, i, p, language);
      }
    }
    first += COUNT.intermediate * COUNT.perturbation * own.length;
  });
}

/** Rows of a block that a filter allows: places, and packed codes (a byte for each of DIMENSIONS). */
function select(columns, filter) {
  const places = [];
  const codes = [];
  eachCell(filter, (place, target, i, p, language) => {
    if (columns.estimate[place] === MISSING) return;
    places.push(place);
    codes.push(((target << 24) | (i << 16) | (p << 8) | language) >>> 0);
  });
  return { places, codes };
}

/** The code of a dimension in packed codes. */
function codeOf(packed, dimension) {
  return (packed >>> (8 * (3 - DIMENSIONS.indexOf(dimension)))) & 255;
}

/** Order of rows (indices into `rows`) by a column or dimension; rows without a number come last, equal rows stay. */
function sorted(rows, columns, key, descending) {
  const count = rows.places.length;
  const sign = descending ? -1 : 1;
  const keys = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const value = key in columns ? columns[key][rows.places[k]] : codeOf(rows.codes[k], key);
    const rank = value === MISSING ? 2 ** 31 : sign * value;
    keys[k] = rank * 2 ** 21 + k; // exact: below 2 ** 53
  }
  return keys.sort().map((value) => value - Math.floor(value / 2 ** 21) * 2 ** 21);
}

/** A number as the finding prints it; scale: 1000 for thousandths. */
function printed(value, scale, signed) {
  if (value === MISSING) return "";
  if (scale === 1) return (value || 0).toLocaleString("en").replace("-", "\u2212");
  const sign = value < 0 ? "\u2212" : signed && value > 0 ? "+" : "";
  return sign + (Math.abs(value) / scale).toFixed(3);
}
