// The key with which this device signs a consent: made here, unreadable for everybody, kept by the browser, so that the same device can sign that it takes the consent back.
const utf8 = new TextEncoder();
const place = 'given';
const patience = 1000; // ms for the browser's own storage, which some browsers refuse or block

export const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const nameOf = ({ session, participant }) => `${session} ${participant}`;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('consents', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(place);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error('The browser keeps nothing.')), patience);
  });
}

/** What the browser's storage answers; null where it keeps nothing. */
async function kept(mode, act) {
  try {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(place, mode);
        const request = act(transaction.objectStore(place));
        transaction.oncomplete = () => resolve(request.result ?? null);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

async function sign({ key, jwk }, payload) {
  const header = { alg: 'ES256', typ: 'secure-recorder-consent+jws', jwk };
  const input = [header, payload].map((part) => base64url(utf8.encode(JSON.stringify(part)))).join('.');
  return `${input}.${base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, utf8.encode(input)))}`;
}

/** Signs a consent with a new key, which the browser then keeps; the compact JWS. */
export async function give(payload) {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const given = { key: pair.privateKey, jwk: { kty, crv, x, y }, payload };
  await kept('readwrite', (all) => all.put(given, nameOf(payload)));
  return sign(given, payload);
}

/** Signs that the consent is taken back; null where this browser does not have its key. */
export async function takeBack(whose) {
  const given = await kept('readonly', (all) => all.get(nameOf(whose)));
  return given && sign(given, { ...given.payload, decision: 'withdraw', at: new Date().toISOString() });
}

/** When nothing is left that could be taken back. */
export const forget = (whose) => kept('readwrite', (all) => all.delete(nameOf(whose)));
