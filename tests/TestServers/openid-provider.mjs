// A real OpenID Connect provider for tests, on loopback: node openid-provider.mjs ISSUER CLIENT SECRET REDIRECT
// People are made by the login form: what is typed is JSON with sub, preferred_username, name, groups, amr.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [issuer, client, secret, redirect] = process.argv.slice(2);
const people = new Map();

const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
  claims: { openid: ['sub', 'amr', 'acr', 'auth_time'], profile: ['name', 'preferred_username', 'groups'] },
  conformIdTokenClaims: false, // groups lie in the ID token
  cookies: { keys: ['tests only'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  pkce: { required: () => true },
});

async function interaction(request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html');
    response.end('<!DOCTYPE html><html lang="en"><title>Provider</title><form method="post"><label>Person <input name="person" /></label><button>Sign in</button></form></html>');
    return;
  }
  let body = '';
  for await (const chunk of request) { body += chunk; }
  const person = JSON.parse(new URLSearchParams(body).get('person'));
  people.set(person.sub, person);
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { login: { accountId: person.sub, amr: person.amr }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) { interaction(request, response).catch((failed) => { response.statusCode = 500; response.end(String(failed)); }); } else { answer(request, response); }
}).listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log(`listening at ${issuer}`));
