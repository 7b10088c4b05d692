// The recorded person's page: keeps saying that they see it, and shows only what is true now, as far as the server can be heard.
import { ask } from './own.js';
import { floating } from './floating.js';
import { wishes } from './wishes.js';
import { forget, takeBack } from './consents.js';

const byId = (id) => document.getElementById(id);
const [indicator, title, detail, problem, icon] = ['indicator', 'status-title', 'status-detail', 'problem', 'icon'].map(byId);
const buttons = { pause: byId('pause'), resume: byId('resume'), end: byId('end'), leave: byId('leave'), withdraw: byId('withdraw'), erase: byId('erase') };
const icons = { recording: '/img/recording.svg', unsure: '/img/recording.svg', paused: '/img/paused.svg' };
const patience = 5000; // ms for an answer
const unheardAfter = 6000; // ms without an answer, after which the page no longer claims to know
const stoppedAfter = 10_000; // ms without a heartbeat, after which no recorder captures
let heardAt = performance.now();
let beatenAt = performance.now();
let [acting, beating] = [false, false];
let status = {
  phase: indicator.dataset.phase, title: title.textContent, detail: detail.textContent,
  mayPause: !buttons.pause.hidden, mayResume: !buttons.resume.hidden, mayEnd: !buttons.end.hidden, mayLeave: !buttons.leave.hidden, mayWithdraw: !buttons.withdraw.hidden, mayErase: !byId('erasing').hidden,
};
const isOver = () => status.phase === 'over';

// What the person pressed and the server has not heard: until it has, no heartbeat is sent, so that no recorder captures.
const whose = { session: indicator.dataset.session, participant: indicator.dataset.participant };
const wish = wishes(whose.session, tellServer);
if (isOver() || status.phase === 'ending') wish.forget();
if (isOver()) forget(whose);
const small = floating(byId('float'), act);

function hear(news) {
  heardAt = performance.now();
  if (news.phase === 'over' && (!isOver() || news.title !== status.title)) { status = news; location.reload(); return; } // the server renders what was stored
  if (news.phase === 'left' && status.phase !== 'left') { status = news; location.reload(); return; } // without the chat
  status = news;
  problem.hidden = true;
  paint();
}

/** What can be said now: what the person pressed, or that the server is not heard, or what it said last. */
function view() {
  if (wish.name) {
    const words = buttons[wish.name].dataset;
    return {
      phase: performance.now() - beatenAt < stoppedAfter ? 'unsure' : 'paused', title: words.unheard, detail: words.unheardDetail,
      mayPause: false, mayResume: wish.name === 'pause', mayEnd: wish.name === 'pause', mayLeave: false, mayWithdraw: wish.name !== 'withdraw', mayErase: false,
    };
  }
  if (!isOver() && performance.now() - heardAt >= unheardAfter) {
    const phase = ['waiting', 'ending', 'left'].includes(status.phase) ? status.phase : 'unsure';
    return { ...status, phase, title: indicator.dataset.unheard, detail: indicator.dataset.unheardDetail };
  }
  return status;
}

function paint() {
  const now = view();
  indicator.dataset.phase = now.phase;
  write(title, now.title);
  write(detail, now.detail);
  const name = `${{ recording: '● ', unsure: '● ', paused: '❚❚ ' }[now.phase] ?? ''}${now.title} · SecureRecorder`;
  if (document.title !== name) document.title = name;
  const image = icons[now.phase] ?? '/img/icon.svg';
  if (icon.getAttribute('href') !== image) icon.setAttribute('href', image);
  for (const [button, may] of [['pause', now.mayPause], ['resume', now.mayResume], ['end', now.mayEnd], ['leave', now.mayLeave], ['withdraw', now.mayWithdraw]]) {
    buttons[button].hidden = !may;
    buttons[button].disabled = acting;
  }
  buttons.erase.disabled = acting;
  byId('erasing').hidden = !now.mayErase;
  byId('actions').hidden = !wish.name && (now.phase === 'ending' || isOver());
  byId('keep-open').hidden = byId('actions').hidden || now.phase === 'left';
  small.paint(now, buttons);
}

/** Only what changed is written, so that a screen reader says each thing once. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function complain(error) {
  if (error.status === 401) { location.assign('/join'); return; }
  problem.textContent = wishes.isUnheard(error) ? problem.dataset.notDone : error.message;
  problem.hidden = false;
}

async function beat() {
  if (wish.name) { await tell(); return; }
  // No heartbeat for an indicator that is gone: the recorder stops then.
  if (isOver() || acting || beating || !indicator.isConnected || getComputedStyle(indicator).display === 'none') return;
  beating = true;
  try {
    beatenAt = performance.now();
    const news = await ask('/api/live/heartbeat', { method: 'POST', signal: AbortSignal.timeout(patience) });
    if (!acting && !wish.name) hear(news);
  } catch (error) {
    if (error.status === 401) complain(error);
  } finally {
    beating = false;
  }
}

async function tell() {
  try {
    const news = await wish.tell();
    if (news && !acting) hear(news);
  } catch (error) {
    complain(error);
  }
}

/** A withdrawal is signed on this device, where it still has its key; the recording stops in either case. */
async function tellServer(name) {
  const receipt = name === 'withdraw' ? await takeBack(whose) : null;
  return ask(`/api/live/${name}`, { method: 'POST', signal: AbortSignal.timeout(patience), ...(receipt && { body: JSON.stringify({ receipt }) }) });
}

async function act(name) {
  if (acting) return;
  problem.hidden = true;
  if (name === 'resume' && wish.name === 'pause') { wish.forget(); beat(); paint(); return; } // a pause that nobody heard of
  acting = true;
  paint();
  try {
    const news = await tellServer(name);
    wish.forget();
    hear(news);
  } catch (error) {
    if (wishes.isUnheard(error) && wishes.areKept(name)) wish.keep(name);
    else complain(error);
  } finally {
    acting = false;
    paint();
  }
}

for (const [name, button] of Object.entries(buttons)) button.addEventListener('click', () => act(name));

// A worker's clock is not slowed down when the page is in the background.
const clock = new Worker('/js/heartbeat.js');
clock.addEventListener('message', () => { beat(); paint(); });
beat();
paint();
