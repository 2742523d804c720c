// What the stage makes of lines that are hidden: run by node, without a browser. usage: hidden.mjs FOLDER (eve/web)

import assert from "node:assert/strict";
import { modules } from "../../lib/modules.mjs";

const [folder] = process.argv.slice(2);
const [{ Replay }, { chat, opened }] = await modules(folder, "replay.js", "picture_chat.js");

let id = 0;
const SEAL = 18, session = "0123456789abcdef";
const wire = (event, more) => ({ event, from: "wire", session, id: ++id, clock: id, ...more });
const sealed = (side, bytes) => wire("sealed", { side, bytes: bytes + SEAL, hex: "00" });
const read = (more, line, rest = {}) => ({ event: "read", from: "eve", session, id: ++id, clock: id, more, lines: [line], ...rest });
const line = (side, text, more = {}) => ({ side, text, bytes: text.length, ...more });

// Lines that come one by one stand beside their messages, a hidden one and what follows it, too.
const film = new Replay(() => {});
const shown = () => { film.at = film.length; return chat.data(film.state()).texts; };
for (const e of [wire("connected", { params: "n64" }), sealed("alice", 9), sealed("bob", 9), sealed("bob", 4), sealed("alice", 5), sealed("bob", 7)]) film.add(e);
film.add(read(false, line("bob", "rud"), { before: { alice: 0, bob: 0 } }));
film.add(read(true, line("alice", "kind")));
const rude = id - 1;
film.add(read(true, line("bob", "better")));
assert.deepEqual(shown(), ["rud", "kind", "better"]);
const length = film.length;
film.add({ event: "hidden", from: "page", numbers: [rude], id: ++id });
assert.deepEqual(shown(), ["(hidden)", "kind", "better"]);
assert.equal(film.length, length, "it is no moment of the film");
assert.ok(!JSON.stringify(film.events).includes("rud"), "nothing is kept of it");
film.add(read(false, line("bob", "rud"), { before: { alice: 0, bob: 0 } })); // shown again
film.add(read(true, line("alice", "kind")));
film.add(read(true, line("bob", "better")));
assert.deepEqual(shown(), ["rud", "kind", "better"]);

// A line that was too long is as long as it was; of lines that are not told any more the bytes are left out.
const talk = [{ side: "bob", bytes: 300 + SEAL }, { side: "bob", bytes: 200 + SEAL }, { side: "bob", bytes: 4 + SEAL }];
assert.deepEqual(opened(talk, [{ side: "bob", text: "x".repeat(200), bytes: 499, cut: true }, line("bob", "end")], { alice: 0, bob: 0 }, "?"), [`${"x".repeat(200)}\u2026`, "\u2026", "end"]);
assert.deepEqual(opened(talk, [line("bob", "end")], { alice: 7, bob: 500 }, "?"), ["\u2026", "\u2026", "end"]);
// as eve read tells it of any other capture
assert.deepEqual(opened(talk.slice(2), [{ side: "bob", text: "end" }], undefined, "?"), ["end"]);
