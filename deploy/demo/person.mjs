// The recorded person of the demonstration: enters the code, reads the notice, signs the receipt on "their device", stays on the page.
import { webcrypto } from "node:crypto";
import { Browser } from "./browser.mjs";

const encode = (bytes) => Buffer.from(bytes).toString("base64url");

export class Person {
  constructor(server) { this.browser = new Browser(server); }

  async join(code) {
    const answer = await this.browser.submit("/join", { code });
    if (answer.path !== "/consent") { throw new Error(`The code was not accepted: ${answer.status} at ${answer.path}`); }
  }

  /** Allows the recording, exactly as the page's own module does (FORMAT.md §4). */
  async allow() {
    const asked = await expectOk(await this.browser.script("GET", "/api/consent"));
    const digest = encode(await webcrypto.subtle.digest("SHA-256", new TextEncoder().encode(asked.text)));
    if (digest !== asked.notice.sha256) { throw new Error("The notice is not the one whose digest the server names."); }

    const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const { kty, crv, x, y } = await webcrypto.subtle.exportKey("jwk", keys.publicKey);
    const header = { alg: "ES256", typ: "secure-recorder-consent+jws", jwk: { kty, crv, x, y } };
    const payload = {
      format: "secure-recorder/consent/1", session: asked.session, participant: asked.participant, decision: "allow",
      at: new Date().toISOString(), controller: asked.controller, notice: asked.notice, choices: asked.choices,
    };
    const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(payload))}`;
    const signature = await webcrypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, Buffer.from(input));
    await expectOk(await this.browser.script("POST", "/api/consent", { receipt: `${input}.${encode(signature)}` }));
    return asked.session;
  }

  heartbeat() { return this.browser.script("POST", "/api/live/heartbeat").then(expectOk); }
  pause() { return this.browser.script("POST", "/api/live/pause").then(expectOk); }
  resume() { return this.browser.script("POST", "/api/live/resume").then(expectOk); }
  end() { return this.browser.script("POST", "/api/live/end").then(expectOk); }
}

async function expectOk(answer) {
  if (answer.ok) { return answer.json(); }
  throw new Error(`${answer.status} ${await answer.text()}`);
}
