// Counts characters while typing and shows the questions that apply now; the save button does both without this file.
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const count = (text) => {
  const plain = text.replaceAll("\r\n", "\n").normalize("NFC");
  return segmenter ? [...segmenter.segment(plain)].length : [...plain].length;
};

for (const note of document.querySelectorAll("[data-counter-for]")) {
  const field = document.getElementById(note.dataset.counterFor);
  if (!field) continue;
  const limit = Number(note.dataset.limit);
  const show = () => {
    const n = count(field.value.trim());
    const words = n > limit ? note.dataset.over : note.dataset.within;
    note.textContent = words
      .replace("{count}", n)
      .replace("{limit}", limit)
      .replace("{over}", n - limit)
      .replace("{words}", field.value.split(/\s+/).filter(Boolean).length);
    note.classList.toggle("over", n > limit);
  };
  field.addEventListener("input", show);
  show();
}

// After each save the page gets anew what the rules say, and with it which questions apply (data-visible).
const rules = document.querySelector("#rules-here");
if (rules) {
  new MutationObserver(() => {
    const now = rules.querySelector("[data-visible]")?.dataset.visible;
    if (now === undefined) return;
    const keys = new Set(now.split(" "));
    for (const box of document.querySelectorAll("[data-question]")) box.hidden = !keys.has(box.dataset.question);
  }).observe(rules, { childList: true, subtree: true });
}
