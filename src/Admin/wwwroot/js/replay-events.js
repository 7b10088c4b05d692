// What happened in a session, in step with its video: a mark on the timeline, and a list whose moments lead there. Text is only ever text.
export function followEvents({ api, panel, list, marks, video, seek, clock, length }) {
  let places = [];

  function draw() {
    for (const { at, item } of places) {
      const later = at > video.currentTime + 0.05;
      item.classList.toggle("event-later", later);
      item.toggleAttribute("aria-current", false);
    }
    places.filter((place) => place.at <= video.currentTime + 0.05).at(-1)?.item.setAttribute("aria-current", "true");
  }

  async function load() {
    const answer = await fetch(`${api}/events`, { headers: { accept: "application/json" } });
    if (!answer.ok) { return; } // the video says what is wrong
    const events = await answer.json();
    if (events.length === places.length) { drawMarks(); return; }
    places = events.map(({ at, text }) => {
      const item = document.createElement("li");
      const time = document.createElement("button");
      time.type = "button";
      time.className = "chat-time";
      time.textContent = clock(at);
      time.setAttribute("aria-label", `Go to ${clock(at)}`);
      time.addEventListener("click", () => seek(at));
      item.append(time, ` ${text}`);
      return { at, text, item };
    });
    list.replaceChildren(...places.map((place) => place.item));
    panel.hidden = places.length === 0;
    drawMarks();
    draw();
  }

  function drawMarks() {
    marks.replaceChildren(...(length() ? places : []).map(({ at, text }) => {
      const element = document.createElement("span");
      element.className = "event-mark";
      element.title = `${clock(at)} · ${text}`;
      element.style.setProperty("--from", `${Math.min(100, (at / length()) * 100)}%`);
      return element;
    }));
  }

  for (const name of ["timeupdate", "seeked"]) { video.addEventListener(name, draw); }
  return { load, at: (from, to) => places.filter((place) => place.at >= from && place.at <= to).map((place) => place.text) };
}
