// Keeps the page of an export true: how far it is, without reloading; a new state is drawn by the server.
import { ask } from './own.js';

const byId = (id) => document.getElementById(id);
const page = byId('export');
const again = () => location.replace(`/exports/${page.dataset.id}`); // not a reload: where a download was refused, that would ask for it again

async function look() {
  try {
    const status = await ask(`/api/exports/${page.dataset.id}`);
    if (status.state !== page.dataset.state || status.isOver) { again(); return; }
    if (byId('progress')) {
      byId('progress').value = status.percent;
      byId('percent').textContent = `${status.percent} %`;
    }
  } catch (error) {
    if (error.status === 401 || error.status === 404) { again(); return; }
  }
  setTimeout(look, 1000);
}

if (page.dataset.over !== 'true') setTimeout(look, 1000);

// A download leaves the page as it is: once it has begun and is counted, the page is drawn again.
async function begun() {
  const status = await ask(`/api/exports/${page.dataset.id}`).catch(() => ({ mayDownload: true }));
  if (status.mayDownload) { setTimeout(begun, 1000); } else { setTimeout(again, 2000); }
}

byId('download')?.form.addEventListener('submit', () => setTimeout(begun, 1000));
