// Walks through a whole session over the server's own pages: a technician starts it, a person consents, the recorder records a display.
//   demonstrate.mjs --server URL --data DIR --log SERVER.TXT --seconds N --recorder PROGRAM --display :N --spool DIR   prints the session's id
//   demonstrate.mjs --data DIR --print user|password|code                                                               how to sign in
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Browser, hiddenFields } from "./browser.mjs";
import { Person } from "./person.mjs";
import { totp } from "./totp.mjs";

const text = { type: "string" };
const { values: options } = parseArgs({ options: { server: text, data: text, log: text, seconds: text, recorder: text, display: text, spool: text, print: text } });
const accountFile = `${options.data}/demonstration-account.json`;

try {
  if (options.print) { print(options.print); } else { console.log(await demonstrate()); }
} catch (failed) {
  console.error(`demonstration: ${failed.message}`);
  process.exitCode = 1;
}

function print(what) {
  const account = JSON.parse(readFileSync(accountFile, "utf8"));
  const unused = Math.max(Date.now() / 1000, account.usedUntil ?? 0); // a code works once
  console.log({ user: account.user, password: account.password, code: totp(account.secret, unused) }[what]);
}

async function demonstrate() {
  const technician = await signedIn();
  const session = await startSession(technician);
  console.error(`session ${session.id}`);

  // The recorder waits for the consent; the person gives it and stays on the page.
  const recorder = record(session.code);
  const person = new Person(options.server);
  await person.join(session.code);
  await person.allow();
  await stay(person, Number(options.seconds), recorder);
  await person.end();
  const code = await recorder.ended;
  if (code !== 0) { throw new Error(`the recorder ended with ${code}`); }
  return session.id;
}

async function signedIn() {
  const browser = new Browser(options.server);
  const account = existsSync(accountFile) ? JSON.parse(readFileSync(accountFile, "utf8")) : await setUp(browser);
  for (let attempt = 0; attempt < 4; attempt++) {
    const now = Math.max(Date.now() / 1000, account.usedUntil ?? 0);
    const answer = await browser.submit("/sign-in", { userName: account.user, password: account.password, code: totp(account.secret, now) });
    account.usedUntil = (Math.floor(now / 30) + 1) * 30;
    writeFileSync(accountFile, JSON.stringify(account), { mode: 0o600 });
    if (answer.ok && answer.path !== "/sign-in") { return browser; }
    await sleep(31_000 - (Date.now() % 30_000)); // a code works once: wait for the next one
  }
  throw new Error(`'${account.user}' could not sign in`);
}

async function setUp(browser) {
  const link = [...readFileSync(options.log, "utf8").matchAll(/https?:\/\/\S+(\/setup\/\S+)/g)].at(-1)?.[1];
  if (!link) { throw new Error(`there is an account already, and it is not the demonstration's: sign in at ${options.server} and start a session yourself`); }
  const page = await (await browser.get(link)).text();
  const secret = /id="totp-secret"[^>]*>([^<]+)</.exec(page)[1].replaceAll(" ", "");
  const account = { user: "demo", password: randomBytes(12).toString("base64url"), secret };
  writeFileSync(accountFile, JSON.stringify(account), { mode: 0o600 });
  const answer = await browser.post(link, { ...hiddenFields(page), displayName: "Demo Technician", userName: account.user, password: account.password, passwordAgain: account.password, code: totp(secret, Date.now() / 1000 - 30) });
  if (!answer.ok) { throw new Error(`the first admin was not set up: ${answer.status} at ${answer.path}`); }
  return account;
}

async function startSession(browser) {
  const answer = await browser.submit("/", { ticket: "Demonstration", accepted: "true" }, "/sessions");
  const id = /\/sessions\/([0-9a-f-]{36})/.exec(answer.path)?.[1];
  const code = /id="code"[^>]*>([^<]+)</.exec(await answer.text())?.[1];
  if (!id || !code) { throw new Error(`no session was started: ${answer.status} at ${answer.path}`); }
  return { id, code };
}

function record(code) {
  const child = spawn(options.recorder, ["join", code, "--server", options.server, "--display", options.display, "--spool", options.spool], { stdio: ["ignore", 2, 2] });
  const recorder = { running: true };
  recorder.ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exit, signal) => { recorder.running = false; resolve(exit ?? signal); });
  });
  process.on("exit", () => { if (recorder.running) { child.kill("SIGTERM"); } });
  return recorder;
}

/** Stays on the page until this many seconds are recorded. */
async function stay(person, seconds, recorder) {
  let since = null;
  for (const deadline = Date.now() + (seconds + 60) * 1000; Date.now() < deadline;) {
    if (!recorder.running) { throw new Error("the recorder ended before the person did"); }
    const status = await person.heartbeat();
    if (status.phase === "recording") { since ??= Date.now(); }
    if (since !== null && Date.now() - since >= seconds * 1000) { return; }
    await sleep(1000);
  }
  throw new Error("nothing was recorded in time");
}
