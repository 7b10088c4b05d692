// One side of the chat. Messages come by server-sent events, also one's own: both sides see the same. Text is only ever text.
import { ask } from './own.js';

const panel = document.getElementById('chat');
const { api, participant, you, other, person, first, guardian, removed, notSent } = panel.dataset;
const [log, problem, form, text] = ['chat-log', 'chat-problem', 'chat-form', 'chat-text'].map((id) => document.getElementById(id));
let last = 0;

function element(name, className, content) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

/** Who wrote: nobody's name, only a number from the second one on. */
function author(message) {
  if ((message.participant ?? '') === participant) return you;
  if (message.from === 'technician') return other;
  if (message.participant === 'p1') return first;
  const number = message.participant.slice(1);
  return `${message.participant.startsWith('g') ? guardian : person}${number === '1' ? '' : ` ${number}`}`;
}

function show(message) {
  if (message.id <= last) return; // a connection that came back
  last = message.id;
  const item = element('div', `chat-message${author(message) === you ? ' chat-own' : ''}`, '');
  const head = element('p', 'chat-head', `${author(message)} · `);
  const time = element('time', '', new Date(message.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = message.at;
  head.append(time);
  const body = element('p', 'chat-body', message.text);
  body.dir = 'auto';
  item.append(head, body);
  if (message.removed.length) item.append(element('p', 'chat-note', `${removed} ${message.removed.join(', ')}.`));
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(item);
  if (atEnd || author(message) === you) log.scrollTop = log.scrollHeight;
}

async function send() {
  const written = text.value;
  if (!written.trim()) return;
  problem.hidden = true;
  text.value = '';
  try {
    await ask(api, { method: 'POST', body: JSON.stringify({ text: written }) });
  } catch (error) {
    if (!text.value) text.value = written; // nothing typed is lost
    problem.textContent = error.status ? error.message : notSent;
    problem.hidden = false;
  }
}

form.addEventListener('submit', (event) => { event.preventDefault(); send(); });
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});

const messages = new EventSource(api);
messages.addEventListener('message', (event) => show(JSON.parse(event.data)));
messages.addEventListener('deleted', () => { messages.close(); location.reload(); }); // what was recorded is deleted: nothing of what was said stays on the page
