// Phones that are not like others: a browser that knows no instructions on vectors and then sleeps; a page that says garbage, and
// one that floods. Each is an ended session that says why, and who behaves notices nothing.

import { chromium } from "playwright-core";
import { FLAGS, check, equal, openRoom, opened, until } from "./server.mjs";

const PATIENCE = 120; // seconds, on a machine that others use too

// A browser as a server, whose processes are a group of their own and can be stopped.
async function apart(...flags) {
  const server = await chromium.launchServer({ executablePath: process.env.BROWSER, args: [...FLAGS, ...flags] });
  const signal = (name) => process.kill(-server.process().pid, name);
  const own = { abandon: async () => { signal("SIGCONT"); await server.close(); } }, open = opened.getStore();
  open.add(own);
  const close = async () => { open.delete(own); await server.close(); }; // behind that there is nothing to wake up
  return { browser: await chromium.connect(server.wsEndpoint()), signal, close };
}

// From a page of the room: a socket as a phone's that says these pieces of nonsense, until it is closed; whether it was let in.
const says = (tab, name, pieces, bytes) => tab.evaluate(({ name, pieces, bytes }) => new Promise((resolve) => {
  const url = new URL("/alice", location.href);
  url.protocol = "ws:";
  url.search = new URLSearchParams({ token: location.hash.slice(1), set: "n64", name });
  const socket = new WebSocket(url), junk = new Uint8Array(bytes);
  for (let i = 0; i < junk.length; i += 65536) crypto.getRandomValues(junk.subarray(i, i + 65536));
  let entered = false;
  socket.onopen = () => { entered = true; for (let i = 0; i < pieces && socket.readyState === WebSocket.OPEN; i++) socket.send(junk); };
  socket.onclose = () => resolve(entered);
}), { name, pieces, bytes });

// A network that changes while the program is loaded: the phone asks for it again, and at last says what has happened.
async function losesTheProgram(tab, room, joinAs) {
  const losses = (path, n) => tab.context().route(`**/${path}`, (route) => (n-- > 0 ? route.abort("connectionreset") : route.continue()));
  for (const path of ["join-play.js", "alice.js"]) await losses(path, 1);
  await losses("alice-plain.wasm", 1);
  await joinAs(tab, room.join, "Between two masts", "n64");
  await tab.waitForSelector("#talk:not([hidden]), #over:not([hidden])");
  equal(await tab.isVisible("#talk"), true, `a key behind two losses; ${await tab.textContent("#why")}`);
  await tab.context().unrouteAll();
  for (const path of ["alice.js", "alice-plain.wasm"]) {
    await losses(path, Infinity);
    await tab.goto("about:blank");
    await joinAs(tab, room.join, "Nowhere", "n64");
    await tab.waitForSelector("#over:not([hidden])");
    check((await tab.textContent("#why")).endsWith("did not arrive from the machine that serves it"), `what is said without ${path}`, await tab.textContent("#why"));
    await tab.context().unrouteAll();
  }
}

// newTab, joinAs: of phones.mjs
export async function odd_phones(newTab, joinAs) {
  const room = await openRoom("n64"), wrong = [], asked = [];
  const pupil = async (name) => (await room.state()).pupils.find((t) => t.name === name);
  const old = await apart("--js-flags=--no-enable-sse4-1"); // as V8 without SSE 4.1: it is given the plain program
  const tab = await newTab(old.browser, wrong, { width: 390, height: 844 });
  tab.context().on("request", (r) => asked.push(new URL(r.url()).pathname));
  await joinAs(tab, room.join, "No vectors", "n64");
  await tab.waitForSelector("#talk:not([hidden])");
  const words = await tab.textContent("#words");
  check(room.told().some((e) => e.event === "confirmed" && e.fingerprint === words), "the words without vectors are none of Bob's", words);
  equal(asked.filter((path) => path.endsWith(".wasm")), ["/alice-plain.wasm"], "the program that was loaded");
  for (const [name, pieces, bytes] of [["Garbage", 1, 1e5], ["Flood", 40, 1 << 20]]) {
    check(await says(tab, name, pieces, bytes), `${name} was not let in`);
    const end = await until(`the end of ${name}`, PATIENCE, async () => { const p = await pupil(name); return p?.state === "ended" && p.ended; });
    check(end.includes("Bob has ended it"), `the end of ${name}`, end);
  }
  equal([(await pupil("No vectors")).state, await tab.isVisible("#talk")], ["open", true], "who behaves");
  const lost = [];
  await losesTheProgram(await newTab(old.browser, lost, { width: 390, height: 844 }), room, joinAs);
  equal(lost.filter((text) => !text.includes("ERR_")), [], "errors besides those of the network");
  old.signal("SIGSTOP"); // and now it sleeps
  const asleep = await until("the sleeper to end", PATIENCE, async () => { const p = await pupil("No vectors"); return p.state === "ended" && p.ended; });
  old.signal("SIGCONT");
  check(asleep.includes("sleeps"), "how the sleeper ended", asleep);
  await tab.waitForSelector("#over:not([hidden])");
  equal([await tab.isVisible("#talk"), (await tab.textContent("#why")).length > 0], [false, true], "what it is told when it wakes up");
  equal(wrong, [], "what must not happen");
  await old.close();
  await room.server.stop();
}
