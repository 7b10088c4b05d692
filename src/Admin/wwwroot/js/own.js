// Requests to this server's JSON endpoints, as its own pages make them.
export async function ask(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: { accept: 'application/json', 'X-SecureRecorder': '1', ...(options.body ? { 'content-type': 'application/json' } : {}) },
    credentials: 'same-origin',
    cache: 'no-store',
  });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) {
    const error = new Error([body?.title, body?.detail].filter(Boolean).join(' ') || `The server answered ${answer.status}.`);
    error.status = answer.status;
    throw error;
  }
  return body;
}
