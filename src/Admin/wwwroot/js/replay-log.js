// The chat of a recording whose video the viewer may not see.
import { followChat } from "./replay-chat.js";

const root = document.getElementById("replay");
const $ = (name) => root.querySelector(`[data-part="${name}"]`);

const chat = followChat({
  api: root.dataset.api, panel: $("chat"), log: $("chat-log"), video: null, seek: null, clock,
  failed(title, detail) {
    $("message").hidden = false;
    $("message-title").textContent = title;
    $("message-detail").textContent = detail ?? "";
  },
});

async function load() {
  await chat.load();
  const empty = $("chat-log").childElementCount === 0;
  $("chat").hidden = !$("message").hidden;
  $("empty").hidden = !empty;
  $("chat-log").hidden = empty;
  if (root.dataset.live === "true" && $("message").hidden) { setTimeout(load, 5000); }
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${h ? `${h}:` : ""}${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}`;
}

await load();
