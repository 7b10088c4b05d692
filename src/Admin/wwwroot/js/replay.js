// The player: HLS through hls.js, a timeline on the session's clock, and a badge that never claims more than was checked.
import Hls from "/lib/hls.js/hls.mjs";
import { followChat } from "./replay-chat.js";
import { followEvents } from "./replay-events.js";
import { followLive } from "./replay-live.js";

const root = document.getElementById("replay");
const api = root.dataset.api;
const $ = (name) => root.querySelector(`[data-part="${name}"]`);
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const video = $("video");
const timeline = $("timeline");

const description = await load(api);
if (description) { start(description); }

async function load(url) {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (answer.ok) { return answer.json(); }
  const problem = await answer.json().catch(() => ({ title: `The server answered ${answer.status}.` }));
  showBadge(problem.type === "altered" ? "altered" : problem.type === "unreadable" ? "unreadable" : "failed");
  say(problem.title, problem.detail);
  return null;
}

function start(session) {
  const altered = [];
  const groups = session.groups;
  const inParts = session.live; // and stays so when the session ends meanwhile
  let duration = session.duration;
  let heard = { now: Date.parse(session.now), at: performance.now() };
  showBadge(session.status);
  drawGaps(session.gaps, duration);
  $("duration").textContent = clock(duration);

  const hls = new Hls({
    enableWorker: false, // fragments need no remuxing
    startPosition: (inParts ? groups.at(-1) : groups[0])?.start ?? 0,
    maxBufferLength: inParts ? 40 : 8, // a group is up to 30 s: a seek reads one, the next when it is near; what is live is read from its key frame
    backBufferLength: 60,
    fragLoadPolicy: { default: { maxTimeToFirstByteMs: 20000, maxLoadTimeMs: 60000, timeoutRetry: { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 0 }, errorRetry: { maxNumRetry: 2, retryDelayMs: 1000, maxRetryDelayMs: 4000, shouldRetry: (policy, count, timeout, answer) => count < 2 && (!answer || answer.code === 0 || answer.code >= 500) } } },
  });
  hls.on(Hls.Events.ERROR, (_, error) => onError(error));
  hls.loadSource(`${api}/video.m3u8${inParts ? "?parts=true" : ""}`);
  hls.attachMedia(video);

  async function onError(error) {
    if (error.details === Hls.ErrorDetails.FRAG_LOAD_ERROR && error.response?.code === 422) {
      const problem = await (await fetch(error.frag.url)).json().catch(() => null);
      const part = Number(/\/(?:part-)?(\d+)\.m4s/.exec(error.frag.url)?.[1]);
      const group = groups.find((g) => part >= g.first && part <= g.last);
      if (group && !altered.includes(group)) { altered.push(group); }
      showBadge("altered");
      mark(group, "altered", "altered: not played");
      say(`${clock(group?.start ?? 0)} to ${clock(group?.end ?? 0)} is not played: it was altered.`, problem?.detail);
      skipFrom(video.currentTime);
    } else if (error.fatal) {
      const problem = error.response?.code ? await (await fetch(error.url ?? api)).json().catch(() => null) : null;
      say(problem?.title ?? "The recording cannot be played.", problem?.detail ?? error.details);
    }
  }

  // What was not recorded, or is not played, is skipped: the time line shows it, the clock jumps over it.
  function playable(t) {
    const at = groups.find((g) => t < g.end - 0.05 && !altered.includes(g));
    return at ? Math.max(t, at.start) : null;
  }

  function skipFrom(t) {
    const next = playable(t);
    if (next === null) { video.pause(); return; }
    if (next - t > 0.02) { video.currentTime = next + 0.01; }
    hls.startLoad(next);
  }

  const skipGap = () => {
    if (video.seeking) { return; }
    const t = video.currentTime;
    const next = playable(t);
    if (next !== null && next - t > 0.02) { video.currentTime = next + 0.01; }
  };

  const seek = (t) => {
    const target = playable(Math.min(Math.max(t, 0), Math.max(duration - 0.1, 0)));
    if (target === null) { return; }
    if (inParts) { live.goTo(target); } else { video.currentTime = target; }
  };

  // Seconds between what is shown and now, by the server's clock; null where there is no now.
  const behind = () => session.live && session.startedAt ? (heard.now + performance.now() - heard.at - Date.parse(session.startedAt)) / 1000 - video.currentTime : null;

  const draw = () => {
    const t = video.currentTime;
    $("time").textContent = clock(t);
    $("progress").style.setProperty("--at", `${duration ? (t / duration) * 100 : 0}%`);
    timeline.setAttribute("aria-valuenow", t.toFixed(1));
    timeline.setAttribute("aria-valuetext", `${clock(t)} of ${clock(duration)}`);
    if (session.startedAt) { $("wallclock").textContent = `${moment.format(Date.parse(session.startedAt) + t * 1000)} UTC`; }
    $("seal-time").textContent = `${new Date(heard.now + performance.now() - heard.at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
    $("play").setAttribute("aria-pressed", String(!video.paused));
    $("play").textContent = video.paused ? "Play" : "Pause";
  };

  for (const name of ["timeupdate", "waiting"]) { video.addEventListener(name, skipGap); }
  for (const name of ["timeupdate", "seeking", "seeked", "play", "pause", "loadeddata"]) { video.addEventListener(name, draw); }
  timeline.setAttribute("aria-valuemax", duration.toFixed(1));
  $("play").addEventListener("click", toggle);
  video.addEventListener("click", toggle);
  $("speed").addEventListener("change", () => { video.playbackRate = Number($("speed").value); });
  $("fullscreen").addEventListener("click", fullScreen);
  document.addEventListener("fullscreenchange", () => { $("fullscreen").textContent = document.fullscreenElement ? "Leave full screen" : "Full screen"; });
  timeline.addEventListener("pointerdown", (event) => { seek(secondsAt(event)); timeline.setPointerCapture(event.pointerId); });
  timeline.addEventListener("pointermove", (event) => { preview(event); if (event.buttons) { seek(secondsAt(event)); } });
  timeline.addEventListener("pointerleave", () => { $("preview").hidden = true; });
  document.addEventListener("keydown", onKey); // also in full screen, and before anything was clicked
  setInterval(draw, 1000); // the time in the watermark goes on while the video stands still
  const chat = followChat({ api, panel: $("chat"), log: $("chat-log"), video, seek, clock, failed: say });
  const events = followEvents({ api, panel: $("events"), list: $("events-list"), marks: $("event-marks"), video, seek, clock, length: () => duration });
  const live = followLive({ video, label: $("behind"), button: $("go-live"), groups, duration: () => duration, behind });
  draw();
  const loadChat = () => { if (root.dataset.chat === "true") { chat.load(); } };
  loadChat();
  events.load();
  if (session.live) {
    live.goLive();
    setTimeout(follow, 1000);
  }

  function toggle() { if (video.paused) { video.play(); } else { video.pause(); } }

  function fullScreen() {
    // The whole player, so that watermark, timeline and buttons go with the picture.
    if (document.fullscreenElement) { document.exitFullscreen(); } else { $("player").requestFullscreen?.(); }
  }

  function faster(steps) {
    const speed = $("speed");
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + steps, 0), speed.options.length - 1);
    video.playbackRate = Number(speed.value);
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (event.target.matches("select, input, textarea, [data-part=chat-log]") || (event.target.matches("button, a, summary") && (event.key === " " || event.key === "Enter"))) { return; }
    const t = video.currentTime;
    const steps = { ArrowLeft: t - 5, ArrowRight: t + 5, j: t - 10, l: t + 10, Home: 0, End: duration };
    const acts = { " ": toggle, k: toggle, f: fullScreen, "<": () => faster(-1), ">": () => faster(1) };
    if (event.key in steps) { seek(steps[event.key]); } else if (event.key in acts) { acts[event.key](); } else { return; }
    event.preventDefault();
  }

  function secondsAt(event) {
    const box = timeline.getBoundingClientRect();
    return (Math.min(Math.max(event.clientX - box.left, 0), box.width) / box.width) * duration;
  }

  function preview(event) {
    const t = secondsAt(event);
    const box = $("preview");
    const shown = session.thumbnails.filter((place) => place.start <= t + 0.5).at(-1) ?? session.thumbnails[0];
    const gap = session.gaps.find((g) => t >= g.start && t < g.start + g.duration);
    const near = events.at(t - duration / 200, t + duration / 200);
    box.hidden = false;
    box.style.setProperty("--at", `${(t / duration) * 100}%`);
    $("preview-time").textContent = [clock(t), gap ? reason(gap.reason) : null, ...near].filter(Boolean).join(" · ");
    const image = $("preview-image");
    image.hidden = !shown || Boolean(gap);
    if (shown && image.dataset.index !== String(shown.index)) {
      image.dataset.index = shown.index;
      image.src = `${api}/thumbnails/${shown.index}.webp`;
    }
  }

  // A session that goes on: its groups, gaps and length are read again until it ends, and its playlist as soon as there is more.
  async function follow() {
    const again = await load(api);
    if (!again) { return; }
    const grown = again.duration > duration || !again.live;
    heard = { now: Date.parse(again.now), at: performance.now() };
    groups.splice(0, groups.length, ...again.groups);
    duration = again.duration;
    session.live = again.live;
    session.startedAt = again.startedAt;
    session.gaps = again.gaps;
    session.thumbnails = again.thumbnails;
    drawGaps(again.gaps, duration);
    $("duration").textContent = clock(duration);
    $("state").textContent = again.state.toLowerCase();
    timeline.setAttribute("aria-valuemax", duration.toFixed(1));
    if (!altered.length) { showBadge(again.status); }
    if (grown) { hls.startLoad(video.currentTime); }
    loadChat();
    events.load();
    live.draw();
    if (again.live) { setTimeout(follow, 1500); } else { live.end(); }
  }

  function drawGaps(gaps, length) {
    $("marks").replaceChildren();
    for (const gap of gaps) { mark({ start: gap.start, end: gap.start + gap.duration }, "gap", reason(gap.reason), length); }
    for (const group of altered) { mark(group, "altered", "altered: not played", length); }
    const list = $("gaps");
    list.replaceChildren(...gaps.map((gap) => {
      const item = document.createElement("li");
      item.textContent = `${clock(gap.start)} to ${clock(gap.start + gap.duration)}: ${reason(gap.reason)}`;
      return item;
    }));
    $("gaps-empty").hidden = gaps.length > 0;
  }

  function mark(range, kind, title, length = duration) {
    if (!range || !length) { return; }
    const element = document.createElement("span");
    element.className = `mark mark-${kind}`;
    element.title = title;
    element.style.setProperty("--from", `${(range.start / length) * 100}%`);
    element.style.setProperty("--width", `${((range.end - range.start) / length) * 100}%`);
    $("marks").append(element);
  }
}

function showBadge(status) {
  const words = {
    verified: ["Verified", "The signature and the chain match, and every part is checked before it plays."],
    incomplete: ["Incomplete", "The recorder never signed the whole: more may have been recorded."],
    altered: ["Altered", "Something in the bucket is not what the recorder signed. It is not played."],
    unreadable: ["Unreadable", "The key of this recording is gone: nobody can read it."],
    live: ["Live", "Still recording: every part is checked before it plays, the whole is signed at the end."],
    failed: ["Not available", "The recording could not be opened."],
  }[status];
  const badge = $("badge");
  badge.dataset.status = status;
  badge.textContent = words[0];
  $("badge-text").textContent = words[1];
}

function say(title, detail) {
  $("message").hidden = false;
  $("message-title").textContent = title;
  $("message-detail").textContent = detail ?? "";
}

function reason(gap) {
  return {
    "paused-by-person": "paused by the recorded person",
    "paused-by-technician": "paused by the technician",
    "awaiting-consent": "waiting for consent",
    masked: "masked",
    lost: "connection lost: not recorded",
  }[gap] ?? gap;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${h ? `${h}:` : ""}${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}`;
}
