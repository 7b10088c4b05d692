// The chat of a recording, in step with its video: what was written by now is bright, a click goes to its moment. Text is only ever text.
const names = { person: "Recorded person", technician: "Technician" };

// Without a video, where the right is to the chat alone, all of it is there.
export function followChat({ api, panel, log, video, seek, clock, failed }) {
  const places = []; // of the lines, in order of time
  let segments = 0;

  function author({ from, participant }) {
    if (!participant || participant === "p1") { return names[from] ?? from; }
    const number = participant.slice(1);
    return `${participant.startsWith("g") ? "Guardian" : names.person}${participant.startsWith("g") && number === "1" ? "" : ` ${number}`}`;
  }

  function add(line) {
    const item = document.createElement("li");
    item.className = "chat-message";
    const time = document.createElement(video ? "button" : "span");
    time.className = video ? "chat-time" : "chat-moment";
    time.textContent = clock(line.at);
    if (video) {
      time.type = "button";
      time.setAttribute("aria-label", `Go to ${clock(line.at)}`);
      time.addEventListener("click", () => seek(line.at));
    }
    const head = document.createElement("p");
    head.className = "chat-head";
    head.append(time, ` ${author(line)}`);
    const body = document.createElement("p");
    body.className = "chat-body";
    body.dir = "auto";
    body.textContent = line.text;
    item.append(head, body);
    log.append(item);
    places.push({ at: line.at, item });
  }

  function draw() {
    if (!video) { return; }
    const now = places.filter((place) => place.at <= video.currentTime + 0.05);
    for (const { at, item } of places) { item.classList.toggle("chat-later", at > video.currentTime + 0.05); }
    const current = now.at(-1)?.item;
    if (current && current !== draw.current) { log.scrollTop = current.offsetTop - log.offsetTop - log.clientHeight + current.offsetHeight; }
    draw.current = current;
  }

  async function load() {
    const answer = await fetch(`${api}/chat?after=${segments}`, { headers: { accept: "application/json" } });
    const body = await answer.json().catch(() => null);
    if (!answer.ok) { failed("The chat is not shown.", body?.detail ?? `The server answered ${answer.status}.`); return; }
    segments = body.segments;
    body.lines.forEach(add);
    panel.hidden = places.length === 0;
    draw();
  }

  if (video) for (const name of ["timeupdate", "seeked"]) { video.addEventListener(name, draw); }
  return { load };
}
