// Many phones at once without a browser: what a phone runs (alice.js, session.js, the program in WebAssembly), some in a process: a
// phone has one of its own.
//
// node many.mjs FOLDER PROGRAM JOIN SET FIRST N     FOLDER has alice.js, JOIN is the address of the room with its token behind #
//
// One line for each that has a key: `key SECONDS NAME WORDS`, from the moment at which they begin; `chat NAME TEXT` for each
// line that one hears. The first says what is
// read here, line by line, and all leave at the end of that.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { WebSocket } from "./websocket.mjs";

globalThis.WebSocket = WebSocket;
const [folder, program, join, set, first, n] = process.argv.slice(2);
const { Alice } = await import(pathToFileURL(`${folder}/machine.js`));
const { Session } = await import(pathToFileURL(`${folder}/session.js`));
const { SocketTransport } = await import(pathToFileURL(`${folder}/alice.js`));
const compiled = new WebAssembly.Module(readFileSync(program));
const [place, token] = join.split("#"), begun = performance.now(), sessions = [];
let failed = 0, left = Number(n);

// Each connects when the one before has: connections that ask for nothing are cut where there are too many of one address,
// and a process that is kept from its processor has ten of them at once. entered: called when it is connected, or is not.
function phone(name, entered) {
  const alice = new Alice(compiled), url = new URL("/alice", place);
  url.protocol = "ws:";
  for (const [key, value] of Object.entries({ set, token, name })) url.searchParams.set(key, value);
  let session = null, over = false;
  const tell = (event) => {
    if (event.event === "confirmed") console.log(`key ${((performance.now() - begun) / 1000).toFixed(3)} ${name} ${event.fingerprint}`);
    if (event.event === "chat") console.log(`chat ${name} ${event.text}`);
    if (event.event === "ended") end(event.done ? "" : event.text);
  };
  const end = (why) => {
    if (over) return;
    over = true;
    entered();
    if (why) { failed++; console.log(`failed ${name} ${why}`); }
    if (--left === 0) process.exit(failed ? 1 : 0);
  };
  const transport = new SocketTransport(url, {
    opened() {
      alice.start(set, name, randomBytes(32), performance.now());
      session = new Session(alice, transport, tell);
      sessions.push(session);
      entered();
    },
    received: (bytes) => session.received(bytes),
    ended: () => (session ? session.ended() : end("the room is closed")),
    broken: (text) => (session ? session.broken(text) : end(text)),
  });
}

(async () => {
  for (let i = 0; i < Number(n); i++) await new Promise((entered) => phone(`phone-${Number(first) + i}`, entered));
})();
createInterface({ input: process.stdin }).on("line", (line) => sessions[0]?.say(line)).on("close", () => sessions.forEach((s) => s.leave()));
