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
