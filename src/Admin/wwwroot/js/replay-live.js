// A session that still goes on: it is played in parts as they come, from the key frame before them, so that a viewer sees what was a few seconds ago.
const Edge = 1.5; // seconds before the end of what is stored at which playing goes on
const Close = 20; // seconds behind which the viewer still counts as watching live

export function followLive({ video, label, button, groups, duration, behind }) {
  let target = null; // where to go as soon as it is buffered

  const buffered = (t) => {
    for (let i = 0; i < video.buffered.length; i++) {
      if (t >= video.buffered.start(i) - 0.01 && t < video.buffered.end(i)) { return true; }
    }
    return false;
  };

  // A part does not play by itself: what is not buffered is read from its key frame on.
  function goTo(t) {
    if (buffered(t)) { target = null; video.currentTime = t; return; }
    const group = groups.findLast((g) => g.start <= t + 0.01) ?? groups[0];
    if (!group) { return; }
    target = t;
    if (Math.abs(video.currentTime - group.start) > 0.5) { video.currentTime = group.start + 0.01; }
  }

  function arrive() {
    if (target !== null && buffered(target)) {
      const t = target;
      target = null;
      video.currentTime = t;
    }
  }

  function goLive() {
    goTo(Math.max(duration() - Edge, groups.at(-1)?.start ?? 0));
    video.play().catch(() => {}); // a browser that wants a click first shows its picture
  }

  function draw() {
    const seconds = behind();
    const live = seconds !== null && seconds < Close;
    label.hidden = seconds === null;
    label.textContent = seconds === null ? "" : live ? `Live, ${Math.max(0, Math.round(seconds))} s behind` : "Not live";
    button.hidden = seconds === null || live;
  }

  for (const name of ["progress", "timeupdate", "seeked", "waiting"]) { video.addEventListener(name, arrive); }
  video.addEventListener("timeupdate", draw);
  button.addEventListener("click", goLive);
  return { goTo, goLive, draw, end() { label.hidden = true; button.hidden = true; } };
}
