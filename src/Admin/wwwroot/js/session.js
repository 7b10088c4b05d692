// Keeps the technician's page of a session true, without reloading what did not change.
import { ask } from './own.js';

const byId = (id) => document.getElementById(id);
const session = byId('session');
let state = byId('state').dataset.state;

for (const time of document.querySelectorAll('time.expires')) {
  time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function show(status) {
  if (status.state !== state && (status.isOver || status.state === 'Paused' || state === 'Paused')) { location.reload(); return; } // gaps and states that the server draws
  if (status.codes !== session.dataset.codes) { location.reload(); return; } // somebody joined, or a code is over
  state = status.state;
  const badge = byId('state');
  badge.className = `status status-lg status-${status.tone}`;
  badge.firstElementChild.className = `status-dot ${status.state === 'Recording' ? 'status-dot-animated' : ''}`;
  for (const [id, text] of [['state-title', status.title], ['meaning', status.meaning], ['recorder', status.recorder], ['duration', status.duration], ['size', status.size], ...status.people.map((person) => [`who-${person.name}`, person.words])]) {
    if (byId(id).textContent !== text) byId(id).textContent = text;
  }
  for (const [id, may] of [['pause', status.mayPause], ['resume', status.mayResume], ['end', status.mayEnd], ['replay', status.mayReplay]]) byId(id).hidden = !may;
}

async function look() {
  try {
    show(await ask(`/api/sessions/${session.dataset.id}`));
  } catch (error) {
    if (error.status === 401) { location.reload(); return; }
  }
  setTimeout(look, 2000);
}

if (session.dataset.over !== 'true') setTimeout(look, 1000);
