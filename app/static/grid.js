// The budget grid: arrow keys, Enter, pasting from a spreadsheet, totals while typing. The server computes what counts.
const lang = document.documentElement.lang;
const yen = (n) => (lang === "ja" ? `${n.toLocaleString("en")}円` : `¥${n.toLocaleString("en")}`);
const amount = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s¥円]/g, "");
  return /^\d{1,13}$/.test(plain) ? Number(plain) : 0;
};

for (const table of document.querySelectorAll("[data-grid]")) {
  const rows = () => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);

  const totals = () => {
    const cells = rows();
    if (!cells[0]?.length) return;
    const columns = cells[0].map(() => 0);
    cells.forEach((row, r) => {
      let sum = 0;
      row.forEach((input, c) => {
        sum += amount(input.value);
        columns[c] += amount(input.value);
      });
      table.tBodies[0].rows[r].querySelector("[data-row-total]").textContent = yen(sum);
    });
    table.querySelectorAll("[data-column-total]").forEach((cell, c) => (cell.textContent = yen(columns[c] ?? 0)));
    table.querySelector("[data-grid-total]").textContent = yen(columns.reduce((a, b) => a + b, 0));
  };

  const at = (input) => {
    const cells = rows();
    const row = cells.findIndex((line) => line.includes(input));
    return { cells, row, column: cells[row]?.indexOf(input) ?? -1 };
  };

  table.addEventListener("input", totals);
  table.closest("form").addEventListener("stored", totals);

  table.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.isComposing) return;
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [event.shiftKey ? -1 : 1, 0] }[event.key];
    const edge = { ArrowLeft: [0, -1, 0], ArrowRight: [0, 1, event.target.value.length] }[event.key];
    const move = step ?? (edge && event.target.selectionStart === edge[2] && event.target.selectionEnd === edge[2] ? edge : null);
    if (!move) return;
    const { cells, row, column } = at(event.target);
    const next = cells[row + move[0]]?.[column + move[1]];
    if (event.key === "Enter" || next) event.preventDefault();
    next?.focus();
    next?.select();
  });

  table.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return; // one value: the browser's own paste
    event.preventDefault();
    const { cells, row, column } = at(event.target);
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, r) =>
      line.split("\t").forEach((value, c) => {
        const input = cells[row + r]?.[column + c];
        if (!input) return;
        input.value = value.trim();
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    );
  });
}
