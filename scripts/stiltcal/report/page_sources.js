"use strict";
// The rows behind the numbers of report.html: a number of the finding opens the lines of the result tables that it is
// read from.

const MOST_ROWS = 200;
let sources = null;

/** Files with their rows by line, and the source of each number; unpacked when a number is opened first. */
async function readSources() {
  sources ??= JSON.parse(new TextDecoder().decode(await unpack("sources")));
  return sources;
}

async function openSource(place, text) {
  const { files, numbers } = await readSources();
  const [file, where, column] = numbers[place];
  const body = byId("source-body");
  byId("source-title").textContent = `${text}: ${file}`;
  if (typeof where === "string") {
    body.replaceChildren(element("p", {}, `Declared before the run: ${where} is ${column}.`));
  } else {
    body.replaceChildren(...sourceTable(files[file], [where].flat(), column));
  }
  byId("source").showModal();
}

function sourceTable({ head, rows }, lines, column) {
  const counted = lines.length === 1 ? "1 row was counted." : `${lines.length} rows were counted.`;
  const what = column === "" ? counted : `Line ${lines[0]}, column ${column}.`;
  const cut = lines.length > MOST_ROWS ? ` The first ${MOST_ROWS} are shown; all of them are in the file.` : "";
  const table = lines.length === 1 ? oneRow(head, rows[lines[0]], column) : severalRows(head, rows, lines);
  const note = lines.length ? what + cut : "No row has it: none was counted.";
  return [element("p", {}, note), element("div", { class: "scroll", tabindex: "0" }, ...(lines.length ? [table] : []))];
}

/** A row from top to bottom: its columns need no scrolling. */
function oneRow(head, values, column) {
  const lines = head.map((name, k) =>
    element("tr", {}, element("th", { scope: "row" }, name),
      element("td", name === column ? { class: "here" } : {}, values[k])));
  return element("table", { class: "plain" }, element("tbody", {}, ...lines));
}

function severalRows(head, rows, lines) {
  const line = (number) =>
    element("tr", {}, element("th", { scope: "row" }, String(number)),
      ...rows[number].map((value) => element("td", {}, value)));
  return element("table", {},
    element("thead", {}, element("tr", {}, element("th", {}, "line"),
      ...head.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...lines.slice(0, MOST_ROWS).map(line)));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.n");
  if (!link) return;
  event.preventDefault();
  openSource(Number(link.dataset.n), link.textContent);
});
