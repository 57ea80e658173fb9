// On a criterion the digits 1 to 5 choose its score; arrow keys do so anyway, and the mouse, without this file.
for (const box of document.querySelectorAll("fieldset[data-score]")) {
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-5]$/.test(event.key)) return;
    const choice = box.querySelector(`input[type=radio][value="${event.key}"]`);
    if (!choice || choice.disabled) return;
    event.preventDefault();
    choice.focus();
    if (choice.checked) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
