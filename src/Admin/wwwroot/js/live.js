// The recorded person's page: keeps saying that they see it, and shows only what the server says is true now.
import { ask } from './own.js';

const byId = (id) => document.getElementById(id);
const [indicator, title, detail, problem, icon] = ['indicator', 'status-title', 'status-detail', 'problem', 'icon'].map(byId);
const buttons = { pause: byId('pause'), resume: byId('resume'), end: byId('end'), withdraw: byId('withdraw'), erase: byId('erase') };
const icons = { recording: '/img/recording.svg', unsure: '/img/recording.svg', paused: '/img/paused.svg' };
const unheardAfter = 6000; // ms without an answer, after which the page no longer claims to know
let heardAt = performance.now();
let phase = indicator.dataset.phase;
let over = phase === 'over';
let acting = false;

function show(status) {
  heardAt = performance.now();
  if (status.phase === 'over' && (!over || status.title !== title.textContent)) { over = true; location.reload(); return; } // the server renders what was stored
  phase = status.phase;
  indicator.dataset.phase = phase;
  write(title, status.title);
  write(detail, status.detail);
  document.title = `${{ recording: '● ', unsure: '● ', paused: '❚❚ ' }[phase] ?? ''}${status.title} · SecureRecorder`;
  icon.href = icons[phase] ?? '/img/icon.svg';
  buttons.pause.hidden = !status.mayPause;
  buttons.resume.hidden = !status.mayResume;
  buttons.end.hidden = buttons.withdraw.hidden = !status.mayEnd;
  byId('erasing').hidden = !status.mayErase;
  byId('actions').hidden = byId('keep-open').hidden = phase === 'ending' || over;
  problem.hidden = true;
}

/** Only what changed is written, so that a screen reader says each thing once. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function complain(error) {
  if (error.status === 401) { location.assign('/join'); return; }
  problem.textContent = error.message;
  problem.hidden = false;
}

function showUnheard() {
  if (over || performance.now() - heardAt < unheardAfter) return;
  if (phase !== 'waiting' && phase !== 'ending') indicator.dataset.phase = 'unsure';
  write(title, indicator.dataset.unheard);
  write(detail, indicator.dataset.unheardDetail);
}

async function beat() {
  // No heartbeat for an indicator that is gone: the recorder stops then.
  if (over || acting || !indicator.isConnected || getComputedStyle(indicator).display === 'none') return;
  try {
    const status = await ask('/api/live/heartbeat', { method: 'POST' });
    if (!acting) show(status);
  } catch (error) {
    if (error.status === 401) complain(error);
  }
}

async function act(name) {
  acting = true;
  Object.values(buttons).forEach((button) => { button.disabled = true; });
  try {
    show(await ask(`/api/live/${name}`, { method: 'POST' }));
  } catch (error) {
    complain(error);
  } finally {
    acting = false;
    Object.values(buttons).forEach((button) => { button.disabled = false; });
  }
}

for (const [name, button] of Object.entries(buttons)) button.addEventListener('click', () => act(name));

// A worker's clock is not slowed down when the page is in the background.
const clock = new Worker('/js/heartbeat.js');
clock.addEventListener('message', () => { beat(); showUnheard(); });
beat();
