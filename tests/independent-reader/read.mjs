// Reads SecureRecorder recordings with nothing but a copy of the bucket and the key encryption key.
// Written from src/Storage/FORMAT.md alone; the §s below are its sections. Plain Node (18 or later), no packages.
//
//   node read.mjs <bucket-folder> <kek.pem> [--session ID] [--out DIR]
//
// Prints one line a track and exits with 0 only when everything opened and verified (1: not; 2: wrong arguments).
// A track without a manifest is "incomplete": what is there of it opened, and the exit code is 1.

import { createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, constants, privateDecrypt, timingSafeEqual, verify } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

class Altered extends Error {}
class Unreadable extends Error {}

const SESSION = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TRACK = /^[a-z0-9-]{1,32}$/;
const SEGMENT = /^([0-9]{8})\.seal$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ENDS = ["ended", "withdrawn", "connection-lost", "recovered"];
const REASONS = ["paused-by-person", "paused-by-technician", "awaiting-consent", "masked", "lost"];

// ---- Notation

const sha256 = (...parts) => { const hash = createHash("sha256"); for (const part of parts) hash.update(part); return hash.digest(); };
const base64url = (bytes) => bytes.toString("base64url");

function bytesOf(text, length, what) {
  const bytes = typeof text === "string" ? Buffer.from(text, "base64url") : null;
  if (bytes === null || base64url(bytes) !== text) throw new Altered(`${what} is not base64url`);
  if (length !== undefined && bytes.length !== length) throw new Altered(`${what} has ${bytes.length} bytes, not ${length}`);
  return bytes;
}

function integer(value, size) {
  const bytes = Buffer.alloc(size);
  if (size === 8) bytes.writeBigUInt64BE(BigInt(value)); else bytes.writeUIntBE(value, 0, size);
  return bytes;
}

// JSON.parse takes the last of two members of the same name; the format refuses both. So members are counted while the text is scanned.
function refuseRepeatedNames(text, what) {
  const open = [];
  let expectName = false;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === "{") { open.push(new Set()); expectName = true; }
    else if (token === "[") { open.push(null); expectName = false; }
    else if (token === "}" || token === "]") { open.pop(); expectName = false; }
    else if (token === ",") expectName = open.at(-1) !== null;
    else if (token === ":") expectName = false;
    else if (expectName && open.at(-1)) {
      const name = JSON.parse(token);
      if (open.at(-1).has(name)) throw new Altered(`${what} has the member "${name}" twice`);
      open.at(-1).add(name);
      expectName = false;
    }
  }
}

function parseObject(bytes, what) {
  let value;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
    refuseRepeatedNames(text, what);
  } catch (error) {
    throw error instanceof Altered ? error : new Altered(`${what} is not JSON`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Altered(`${what} is not a JSON object`);
  return value;
}

function thumbprint(jwk) {
  const members = jwk.kty === "RSA" ? { e: jwk.e, kty: jwk.kty, n: jwk.n } : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return base64url(sha256(JSON.stringify(members)));
}

function verifyJws(compact, type) {
  const parts = compact.split(".");
  if (parts.length !== 3) throw new Altered(`the ${type} does not have three parts`);
  const [headerBytes, payload, signature] = parts.map((part) => bytesOf(part, undefined, `a part of the ${type}`));
  const header = parseObject(headerBytes, `the header of the ${type}`);
  if (header.alg !== "ES256") throw new Altered(`the ${type} has the algorithm ${header.alg}`);
  if (header.typ !== type) throw new Altered(`a ${header.typ} is where a ${type} should be`);
  if ("crit" in header) throw new Altered(`the ${type} has critical extensions`);
  const jwk = header.jwk;
  if (jwk?.kty !== "EC" || jwk.crv !== "P-256") throw new Altered(`the ${type} has no P-256 key`);
  bytesOf(jwk.x, 32, "a coordinate");
  bytesOf(jwk.y, 32, "a coordinate");
  const signer = thumbprint(jwk);
  if ("kid" in header && header.kid !== signer) throw new Altered(`the kid of the ${type} is not its key's thumbprint`);
  let matches = false;
  try {
    const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, format: "jwk" });
    matches = signature.length === 64 && verify("sha256", Buffer.from(`${parts[0]}.${parts[1]}`, "ascii"), { key, dsaEncoding: "ieee-p1363" }, signature);
  } catch { /* not a point of the curve */ }
  if (!matches) throw new Altered(`the signature of the ${type} does not match`);
  return { payload: parseObject(payload, `the payload of the ${type}`), signer };
}

// ---- §2 key.json

function readKek(path) {
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== "rsa") throw new Error(`${path} is not an RSA private key`);
  return { key, kid: thumbprint(createPublicKey(key).export({ format: "jwk" })) };
}

function unwrapDataKey(folder, session, track, kek) {
  const path = join(folder, "key.json");
  if (!existsSync(path)) throw new Unreadable("key.json is gone");
  const file = parseObject(readFileSync(path), "key.json");
  if (file.format !== "secure-recorder/key/1") throw new Altered(`key.json has the format ${file.format}`);
  if (file.session !== session || file.track !== track) throw new Altered(`key.json is of track ${file.track} of session ${file.session}`);
  if (file.alg !== "RSA-OAEP-256") throw new Altered(`key.json has the algorithm ${file.alg}`);
  const wrapped = bytesOf(file.encrypted_key, undefined, "encrypted_key");
  if (file.kid !== kek.kid) throw new Unreadable(`the key is wrapped for ${file.kid}, the KEK at hand is ${kek.kid}`);
  let dataKey;
  try {
    dataKey = privateDecrypt({ key: kek.key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, wrapped);
  } catch {
    throw new Unreadable("the wrapped key does not unwrap");
  }
  if (dataKey.length !== 32) throw new Unreadable(`the wrapped key has ${dataKey.length} bytes`);
  return dataKey;
}

// ---- §3 sealed segment

const HEADER = 56, CHUNK = 16384, TAG = 16;

const identityOf = (session, track) => Buffer.concat([Buffer.from(session.replaceAll("-", ""), "hex"), integer(track.length, 1), Buffer.from(track, "ascii")]);

function deriveKeys(dataKey, salt, session, track, index, consentDigest) {
  const context = Buffer.concat([Buffer.from("secure-recorder/segment/1\0", "ascii"), identityOf(session, track), integer(index, 8), consentDigest]);
  const info = Buffer.concat([Buffer.from("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0", "ascii"), salt, context]);
  const first = createHmac("sha512", dataKey).update(info).update(integer(1, 1)).digest();
  const second = createHmac("sha512", dataKey).update(first).update(info).update(integer(2, 1)).digest();
  const derived = Buffer.concat([first, second]);
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32, 44), commitment: derived.subarray(44, 76) };
}

function openSegment(dataKey, sealed, session, track, index, consentDigest) {
  const rest = (sealed.length - HEADER) % (CHUNK + TAG);
  if (sealed.length < HEADER + TAG || rest < TAG) throw new Altered(`segment ${index}: no segment has ${sealed.length} bytes`);
  const { key, nonce, commitment } = deriveKeys(dataKey, sealed.subarray(0, 24), session, track, index, consentDigest);
  if (!timingSafeEqual(commitment, sealed.subarray(24, HEADER))) throw new Altered(`segment ${index} does not open: another key, place or consent`);

  const chunks = [];
  for (let number = 0, at = HEADER; at < sealed.length; number++, at += CHUNK + TAG) {
    const chunk = sealed.subarray(at, at + CHUNK + TAG);
    const counter = Buffer.concat([Buffer.alloc(4), integer(number, 8)]);
    const cipher = createDecipheriv("aes-256-gcm", key, nonce.map((octet, i) => octet ^ counter[i]), { authTagLength: TAG });
    cipher.setAuthTag(chunk.subarray(chunk.length - TAG));
    try {
      chunks.push(Buffer.concat([cipher.update(chunk.subarray(0, chunk.length - TAG)), cipher.final()]));
    } catch {
      throw new Altered(`segment ${index}: chunk ${number} does not authenticate`);
    }
  }
  return Buffer.concat(chunks);
}

// ---- §4 consent

function verifyConsent(receiptJws, countersignatureJws, session) {
  const { payload: receipt } = verifyJws(receiptJws, "secure-recorder-consent+jws");
  if (receipt.format !== "secure-recorder/consent/1") throw new Altered(`the receipt has the format ${receipt.format}`);
  if (receipt.session !== session) throw new Altered(`the receipt is of session ${receipt.session}`);
  if (receipt.decision !== "allow") throw new Altered(`the receipt's decision is ${receipt.decision}`);
  const digest = sha256(Buffer.from(receiptJws, "ascii"));

  const { payload: over, signer } = verifyJws(countersignatureJws, "secure-recorder-countersignature+jws");
  if (over.format !== "secure-recorder/countersignature/1") throw new Altered(`the countersignature has the format ${over.format}`);
  if (over.session !== session) throw new Altered(`the countersignature is of session ${over.session}`);
  if (over.receipt !== base64url(digest)) throw new Altered("the countersignature is over another receipt");
  if (typeof over.noticeText !== "string" || base64url(sha256(Buffer.from(over.noticeText, "utf8"))) !== receipt.notice?.sha256) {
    throw new Altered("the notice's text is not the one that the receipt names");
  }
  return { digest, server: signer };
}

/** Segments 2 and later of the consent track: receipts and countersignatures of the same session. */
function verifyLaterConsent(jws, session) {
  const type = parseObject(bytesOf(jws.split(".")[0], undefined, "a header"), "a header").typ;
  const format = { "secure-recorder-consent+jws": "secure-recorder/consent/1", "secure-recorder-countersignature+jws": "secure-recorder/countersignature/1" }[type];
  if (!format) throw new Altered(`a ${type} is in the consent track`);
  const { payload } = verifyJws(jws, type);
  if (payload.format !== format || payload.session !== session) throw new Altered(`a ${type} of session ${payload.session} is in the consent track`);
}

// ---- §5 manifest.jws

const isSeconds = (value) => typeof value === "number" && Number.isFinite(value) && value >= 0;

function verifyManifest(compact, session, track, consentDigest) {
  const { payload: manifest, signer } = verifyJws(compact, "secure-recorder-manifest+jws");
  if (manifest.format !== "secure-recorder/manifest/1") throw new Altered(`the manifest has the format ${manifest.format}`);
  if (manifest.session !== session || manifest.track !== track) throw new Altered(`the manifest is of track ${manifest.track} of session ${manifest.session}`);
  if (manifest.consent !== (track === "consent" ? "" : base64url(consentDigest))) throw new Altered("the manifest names another consent");
  if (!["recorder", "server"].includes(manifest.writer)) throw new Altered(`the manifest's writer is ${manifest.writer}`);
  if (manifest.writer !== "server" && (["chat", "consent"].includes(track) || manifest.end === "recovered")) throw new Altered(`the manifest's writer is ${manifest.writer}, not the server`);
  if (!TIME.test(manifest.startedAt) || !TIME.test(manifest.endedAt)) throw new Altered("a time of the manifest is malformed");
  if (!ENDS.includes(manifest.end)) throw new Altered(`the manifest's end is ${manifest.end}`);
  if (!Array.isArray(manifest.segments) || !Array.isArray(manifest.gaps)) throw new Altered("the manifest has no list of segments or of gaps");
  for (const gap of manifest.gaps) {
    if (!REASONS.includes(gap?.reason) || !isSeconds(gap.start) || !isSeconds(gap.duration)) throw new Altered("the manifest has a gap that the format does not know");
  }

  const identity = identityOf(session, track);
  let chain = sha256(Buffer.from("secure-recorder/chain/1\0", "ascii"), identity);
  for (const [index, entry] of manifest.segments.entries()) {
    if (entry?.index !== index) throw new Altered(`segment ${index} is missing from the manifest`);
    if (!Number.isSafeInteger(entry.size) || entry.size < 0 || !isSeconds(entry.start) || !isSeconds(entry.duration) || typeof entry.key !== "boolean") {
      throw new Altered(`the manifest's entry of segment ${index} is malformed`);
    }
    chain = sha256(chain, integer(index, 8), integer(entry.size, 8), bytesOf(entry.sha256, 32, `the digest of segment ${index}`));
  }
  if (manifest.chain !== base64url(chain)) throw new Altered("the manifest's chain does not match its segments");
  return { manifest, signer };
}

// ---- §7 reading

/** Every segment of a track, opened, in order: [index, plaintext]. With a manifest, checked against it first. */
function* openSegments(folder, session, track, dataKey, consentDigest, manifest) {
  const indices = manifest ? manifest.segments.map((entry) => entry.index) : segmentsThere(folder);
  for (const index of indices) {
    const path = join(folder, `${String(index).padStart(8, "0")}.seal`);
    if (!existsSync(path)) throw new Altered(`segment ${index} is missing`);
    const sealed = readFileSync(path);
    const entry = manifest?.segments[index];
    if (entry && sealed.length !== entry.size) throw new Altered(`segment ${index} has ${sealed.length} bytes, not ${entry.size}`);
    if (entry && base64url(sha256(sealed)) !== entry.sha256) throw new Altered(`segment ${index} is not the one that was signed`);
    yield [index, openSegment(dataKey, sealed, session, track, index, consentDigest)];
  }
}

const segmentsThere = (folder) => readdirSync(folder).map((name) => SEGMENT.exec(name)).filter(Boolean).map((match) => Number(match[1])).sort((a, b) => a - b);

function readConsent(folder, session, kek) {
  const dataKey = unwrapDataKey(folder, session, "consent", kek);
  const jws = [0, 1].map((index) => {
    const path = join(folder, `0000000${index}.seal`);
    if (!existsSync(path)) throw new Unreadable(`segment ${index} of the consent is gone`);
    return openSegment(dataKey, readFileSync(path), session, "consent", index, Buffer.alloc(32)).toString("latin1");
  });
  return verifyConsent(jws[0], jws[1], session);
}

/** Who must have signed: the server with one key, the recorder with one key. */
function requireSigner(signers, writer, signer) {
  signers[writer] ??= signer;
  if (signers[writer] !== signer) throw new Altered(`the manifest is signed by ${signer}, the ${writer} of this session signs with ${signers[writer]}`);
}

function readTrack(folder, session, track, kek, consent, signers, out) {
  const digest = track === "consent" ? Buffer.alloc(32) : consent.digest;
  const dataKey = unwrapDataKey(folder, session, track, kek);
  const manifestPath = join(folder, "manifest.jws");
  const signed = existsSync(manifestPath) ? verifyManifest(readFileSync(manifestPath).toString("latin1"), session, track, digest) : null;
  if (signed) requireSigner(signers, signed.manifest.writer, signed.signer);

  const sink = out && openSink(out, session, track, signed?.manifest.mediaType);
  let segments = 0, size = 0, last = -1;
  try {
    for (const [index, plaintext] of openSegments(folder, session, track, dataKey, digest, signed?.manifest)) {
      if (track === "consent" && index > 1) verifyLaterConsent(plaintext.toString("latin1"), session);
      sink?.write(index, plaintext);
      segments++;
      size += plaintext.length;
      last = index;
    }
  } finally {
    sink?.close();
  }
  const missing = last + 1 - segments;
  return { verified: signed !== null, text: `${segments} segments ${size} bytes ${signed ? "verified" : "incomplete"}${missing ? ` (${missing} missing)` : ""}` };
}

/** Where plaintext goes: what joins into one file, into one; the rest, a file a segment. */
function openSink(out, session, track, mediaType = "") {
  const folder = join(out, session);
  mkdirSync(folder, { recursive: true });
  const whole = { video: "video.mp4", chat: "chat.jsonl", events: "events.jsonl" }[track];
  const ending = { consent: ".jws", thumbnails: ".webp" }[track] ?? (mediaType === "application/jsonl" ? ".jsonl" : ".bin");
  const file = whole && openSync(join(folder, whole), "w", 0o600);
  return {
    write(index, plaintext) {
      const target = whole ? file : openSync(join(folder, `${track}-${index}${ending}`), "w", 0o600);
      writeSync(target, plaintext);
      if (!whole) closeSync(target);
    },
    close() { if (whole) closeSync(file); },
  };
}

function readSession(folder, session, kek, out) {
  const tracks = readdirSync(folder).filter((name) => TRACK.test(name) && statSync(join(folder, name)).isDirectory()).sort();
  const signers = {};
  let consent, refusal;
  try {
    consent = readConsent(join(folder, "consent"), session, kek);
    signers.server = consent.server;
  } catch (error) {
    if (!(error instanceof Altered || error instanceof Unreadable)) throw error;
    refusal = error;
  }

  let sound = consent !== undefined;
  for (const track of tracks) {
    let line;
    try {
      if (refusal) throw track === "consent" ? refusal : new Unreadable(`without the consent nothing opens (${refusal.message})`);
      const { verified, text } = readTrack(join(folder, track), session, track, kek, consent, signers, out);
      sound &&= verified;
      line = text;
    } catch (error) {
      if (!(error instanceof Altered || error instanceof Unreadable)) throw error;
      sound = false;
      line = `${error instanceof Altered ? "altered" : "unreadable"}: ${error.message}`;
    }
    console.log(`${session} ${track} ${line}`);
  }
  if (!tracks.includes("consent")) console.log(`${session} consent unreadable: there is none`);
  return sound;
}

function main(args) {
  const options = {}, places = [];
  while (args.length) {
    const arg = args.shift();
    if (arg === "--session" || arg === "--out") options[arg.slice(2)] = args.shift(); else places.push(arg);
  }
  if (places.length !== 2 || Object.values(options).includes(undefined)) {
    console.error("usage: node read.mjs <bucket-folder> <kek.pem> [--session ID] [--out DIR]");
    return 2;
  }

  const root = join(places[0], "v1");
  if (!existsSync(root)) { console.error(`${places[0]} holds no recordings: there is no folder v1`); return 2; }
  const kek = readKek(places[1]);
  const sessions = readdirSync(root).filter((name) => SESSION.test(name) && (!options.session || name === options.session)).sort();
  if (sessions.length === 0) { console.error(options.session ? `there is no session ${options.session}` : "there are no sessions"); return 1; }
  let sound = true;
  for (const session of sessions) sound = readSession(join(root, session), session, kek, options.out) && sound;
  return sound ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
