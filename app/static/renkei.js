// Better with it, complete without it: every page works as plain forms and links.
document.querySelector("[data-focus]")?.focus();

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault(); // a double click sends once
      return;
    }
    form.dataset.sent = "1";
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });
}

for (const button of document.querySelectorAll("button[data-tick-all]")) {
  button.hidden = false; // without script every box is ticked by hand
  button.addEventListener("click", () => {
    const boxes = [...button.form.querySelectorAll(`input[type=checkbox][name="${button.dataset.tickAll}"]`)];
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
  });
}

// An opened group of the main menu folds itself when one goes elsewhere or presses Escape.
const groups = document.querySelectorAll(".site-nav details");
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const group of groups) if (!group.contains(event.target)) group.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".site-nav details[open]");
  if (!open) return;
  if (open.contains(document.activeElement)) open.querySelector("summary").focus();
  open.open = false;
});

// On a phone a list of records reads as cards: each cell says its column, so that states and dates are not off the screen.
// Tables of numbers stay tables, and so does everything where no script runs.
const GRIDS = ".crossing, .ranking, .triangle, .budget-grid, .facts-table";
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
for (const table of document.querySelectorAll(".table-responsive > table")) {
  const heads = table.tHead?.rows.length === 1 ? [...table.tHead.rows[0].cells] : [];
  const numbers = heads.filter((head) => head.classList.contains("num")).length;
  const fits = heads.length < 4 && table.offsetWidth <= table.parentElement.clientWidth;
  if (heads.length < 3 || fits || heads.some((head) => head.colSpan > 1) || table.matches(GRIDS)) continue;
  if (numbers * 2 > heads.length && !("cards" in table.dataset)) continue; // data-cards: records in spite of their numbers
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  if (rows.some((row) => row.cells.length > 1 && row.cells.length !== heads.length)) continue;
  const labels = heads.map((head) => head.textContent.trim().replace(/\s+/g, " "));
  for (const row of rows) {
    if (row.cells.length > 1) [...row.cells].forEach((cell, n) => { if (n && labels[n]) cell.dataset.label = labels[n]; });
  }
  for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td, th")]) {
    part.setAttribute("role", ROLES[part.tagName] ?? (part.scope === "row" ? "rowheader" : "columnheader"));
  }
  table.classList.add("as-cards");
}

// What is folded is printed, too, and folds again afterwards.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details:not([open])")) {
    part.open = true;
    window.addEventListener("afterprint", () => { part.open = false; }, { once: true });
  }
});
