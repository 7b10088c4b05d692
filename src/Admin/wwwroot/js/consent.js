// Signs the consent on this device, over exactly the notice that the page shows.
import { ask } from './own.js';
import { base64url, give as sign } from './consents.js';

const allow = document.getElementById('allow');
const problem = document.getElementById('problem');
const special = document.getElementById('special-categories'); // only where the notice asks
const utf8 = new TextEncoder();

const digest = async (text) => base64url(await crypto.subtle.digest('SHA-256', utf8.encode(text)));

/** The notice as it stands on the page: lines of a section joined by LF, sections by an empty line. */
const shownText = () => [...document.querySelectorAll('#notice section')]
  .map((section) => [...section.querySelectorAll('[data-line]')].map((line) => line.textContent).join('\n')).join('\n\n');

async function give() {
  if (!globalThis.crypto?.subtle) throw new Error(problem.dataset.insecure);
  const asked = await ask('/api/consent');
  const [shown, served] = await Promise.all([digest(shownText()), digest(asked.text)]);
  if (served !== asked.notice.sha256 || shown !== served || (special !== null) !== ('specialCategories' in asked.choices)) {
    throw new Error(problem.dataset.changed);
  }
  const receipt = await sign({
    format: 'secure-recorder/consent/1', session: asked.session, participant: asked.participant, decision: 'allow', at: new Date().toISOString(),
    controller: asked.controller, notice: { ...asked.notice, sha256: shown },
    choices: special ? { ...asked.choices, specialCategories: special.checked } : asked.choices,
  });
  return (await ask('/api/consent', { method: 'POST', body: JSON.stringify({ receipt }) })).next;
}

/** What went wrong, in the person's language: the server's own refusals are; faults and lost connections have words on the page. */
function inWords(error) {
  const words = problem.dataset;
  if (error.status === 401) return words.noSession;
  return error.status >= 500 || error instanceof TypeError ? words.unavailable : error.message;
}

allow.addEventListener('click', async () => {
  allow.disabled = true;
  problem.hidden = true;
  try {
    location.assign(await give());
  } catch (error) {
    problem.textContent = inWords(error);
    problem.hidden = false;
    allow.disabled = false;
  }
});

const until = document.getElementById('until');
const deadline = new Date(until.dateTime);
until.textContent = deadline.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
setTimeout(() => location.reload(), Math.max(1000, deadline - Date.now() + 20_000));
