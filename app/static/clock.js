// The server's clock and the time left, ticking. The only truth is the instant that the server sent: what is added to it
// is time measured since then (performance.now, which no change of the computer's clock touches), never the computer's date.
const clocks = document.querySelectorAll("[data-server-clock]");
const spans = document.querySelectorAll("[data-time-left]");
const first = clocks[0];

if (first) {
  const navigation = performance.getEntriesByType("navigation")[0];
  let known = Date.parse(first.dataset.serverClock);
  let measured = navigation?.responseStart ?? 0;
  const serverNow = () => known + (performance.now() - measured);
  const dayOf = (at) => Math.floor((at + 9 * 3600 * 1000) / 86400000);
  const firstDay = dayOf(known);
  const pad = (number) => String(number).padStart(2, "0");

  const showClock = (element, at) => {
    // Japan has no summer time: nine hours ahead of UTC, always.
    const jst = new Date(at + 9 * 3600 * 1000);
    const time = `${pad(jst.getUTCHours())}:${pad(jst.getUTCMinutes())}:${pad(jst.getUTCSeconds())}`;
    const sameDay = dayOf(at) === firstDay; // past midnight the written date would be wrong: the time stands alone
    element.textContent = sameDay ? element.textContent.replace(/\d\d:\d\d:\d\d/, time) : `${time} JST`;
    element.dateTime = new Date(at).toISOString();
  };

  const showLeft = (element, at) => {
    const left = Math.floor((Date.parse(element.dataset.timeLeft) - at) / 1000);
    element.textContent = left <= 0 ? element.dataset.over : element.dataset.words
      .replace("{d}", Math.floor(left / 86400))
      .replace("{h}", Math.floor(left / 3600) % 24)
      .replace("{m}", Math.floor(left / 60) % 60)
      .replace("{s}", left % 60);
  };

  const tick = () => {
    const at = serverNow();
    clocks.forEach((element) => showClock(element, at));
    spans.forEach((element) => showLeft(element, at));
    setTimeout(tick, 1000 - (at % 1000));
  };

  // A computer that slept measures no time: ask the server again when the page is looked at again.
  const ask = async () => {
    if (document.hidden) return;
    const before = performance.now();
    try {
      const answer = await fetch(first.dataset.clockUrl, { cache: "no-store" });
      if (!answer.ok) return;
      known = Date.parse((await answer.json()).now);
      measured = (before + performance.now()) / 2;
    } catch {
      // without a network the last known time goes on
    }
  };
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  tick();
}
