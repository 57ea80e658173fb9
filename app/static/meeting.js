// The page of a meeting asks every few seconds whether anything has changed for its reader, and then fetches itself.
// Without it the page reloads by itself (noscript); what is hidden from a reader never reaches the browser.
const live = document.querySelector("[data-live]");
const EVERY = 4000;

if (live) {
  let waits = EVERY;

  const renew = async () => {
    const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
    if (!answer.ok) return location.reload(); // signed out, or no member any more: the server says so itself
    const html = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = html.querySelector("[data-live]");
    if (!fresh) return location.reload();
    const held = live.contains(document.activeElement) ? document.activeElement.closest("form")?.getAttribute("action") : null;
    live.replaceChildren(...fresh.childNodes);
    live.dataset.mark = fresh.dataset.mark;
    if (held) live.querySelector(`form[action="${CSS.escape(held)}"] button`)?.focus();
  };

  const ask = async () => {
    let over = false;
    if (!document.hidden) {
      try {
        const answer = await fetch(live.dataset.stateUrl, { redirect: "manual", cache: "no-store" });
        if (answer.status === 404 || answer.type === "opaqueredirect") return location.reload();
        if (answer.ok) {
          const state = await answer.json();
          if (state.mark !== live.dataset.mark) await renew();
          over = state.over;
          waits = EVERY;
        }
      } catch {
        waits = Math.min(waits * 2, 60000); // no connection: ask more rarely
      }
    }
    if (!over) setTimeout(ask, waits);
  };
  document.addEventListener("visibilitychange", () => !document.hidden && renew());
  setTimeout(ask, EVERY);
}
