// Keeps the page of jobs true while something runs: what changed is taken from the page as the server draws it now.
const page = document.getElementById('jobs');
const parts = () => [...page.querySelectorAll('#jobs-state, li.job, #runs, #servers')];

function draw(drawn) {
  page.dataset.moving = drawn.getElementById('jobs').dataset.moving;
  for (const part of parts()) {
    const fresh = drawn.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
    part.className = fresh.className;
    part.replaceChildren(...fresh.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
}

async function look() {
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok || answer.redirected) { location.reload(); return; }

    const drawn = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!page.querySelector(':active')) draw(drawn); // a button that is held down would not be pressed if it, or what is above it, were drawn anew
  } catch {
    // the server is away for a moment
  }
  if (page.dataset.moving === 'true') setTimeout(look, 1000);
}

if (page.dataset.moving === 'true') setTimeout(look, 1000);
