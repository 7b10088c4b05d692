// Keeps the page of an export true: how far it is, without reloading; a new state is drawn by the server.
import { ask } from './own.js';

const byId = (id) => document.getElementById(id);
const page = byId('export');

async function look() {
  try {
    const status = await ask(`/api/exports/${page.dataset.id}`);
    if (status.state !== page.dataset.state || status.isOver) { location.reload(); return; }
    if (byId('progress')) {
      byId('progress').value = status.percent;
      byId('percent').textContent = `${status.percent} %`;
    }
  } catch (error) {
    if (error.status === 401 || error.status === 404) { location.reload(); return; }
  }
  setTimeout(look, 1000);
}

if (page.dataset.over !== 'true') setTimeout(look, 1000);

// A download leaves the page as it is: once it has begun and is counted, the page is drawn again.
async function begun() {
  const status = await ask(`/api/exports/${page.dataset.id}`).catch(() => ({ mayDownload: true }));
  if (status.mayDownload) { setTimeout(begun, 1000); } else { setTimeout(() => location.replace(location.pathname), 2000); }
}

byId('download')?.form.addEventListener('submit', () => setTimeout(begun, 1000));
