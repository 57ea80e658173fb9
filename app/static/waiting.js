// A page that waits for the worker looks again every few seconds, and comes anew when there is nothing to wait for.
// Without it the page reloads by itself (noscript).
const waits = document.querySelector("[data-waits]");
const EVERY = 4000;

if (waits) {
  const look = async () => {
    if (!document.hidden && !document.activeElement?.form) { // whoever is typing is not disturbed
      try {
        const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
        if (!answer.ok) return location.reload(); // signed out, or gone: the server says so itself
        const html = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = html.querySelector("[data-waits]");
        if (!fresh) return location.reload();
        if (fresh.innerHTML !== waits.innerHTML) waits.replaceChildren(...fresh.childNodes);
      } catch {
        // no connection: the next look tells
      }
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
