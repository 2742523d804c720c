// The second driver of tests/pair's conversations: Alice in WebAssembly against what a bob said in the frozen transcripts, byte
// by byte, cut off, with flipped bits, and against garbage.
//
// node conversations.mjs FOLDER PROGRAM GOLDEN     PARLEY_TEST_SEED=NUMBER repeats the random parts
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, program, golden] = process.argv.slice(2);
const { Alice } = await import(pathToFileURL(`${folder}/machine.js`));
const { Session } = await import(pathToFileURL(`${folder}/session.js`));
const compiled = new WebAssembly.Module(readFileSync(program));
const SEED = Number(process.env.PARLEY_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
console.log(`seed ${SEED}`);

function check(condition, what) {
  if (!condition) throw new Error(what);
}

function equal(found, expected, what) {
  check(found === expected, `${what}: found ${String(found).slice(0, 300)}, expected ${String(expected).slice(0, 300)}`);
}

// Marsaglia's xorshift, so that a seed repeats a run.
function randomNumbers(number) {
  let x = (SEED ^ Math.imul(number + 1, 0x9e3779b9)) >>> 0 || 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x = (x ^ (x << 5)) >>> 0;
    return x % below;
  };
}

/** A frozen transcript: seed and key of alice, both sides' frames, the words. */
function transcript(name) {
  const found = { alice: [], bob: [] };
  let frames = null;
  for (const line of readFileSync(join(golden, `${name}.txt`), 'utf8').split('\n')) {
    const words = line.split(' ');
    if (line.startsWith('seed of alice')) found.seed = words[3];
    else if (words[0] === 'key') found.key = words[1];
    else if (words[0] === 'fingerprint') found.words = words.slice(1).join(' ');
    else if (found[words[0]] instanceof Array) (frames = found[words[0]]).push('');
    else if (line.startsWith('    ')) frames[frames.length - 1] += line.trim();
  }
  for (const side of ['alice', 'bob']) found[side] = found[side].map((hex) => Buffer.from(hex, 'hex'));
  check(found.alice.length >= 8 && found.bob.length >= 8 && found.words, `${name}.txt is not understood`);
  return found;
}

/** Alice with the seed, against bob's bytes, piece by piece; her events and what she sent. The clock stands still, so that she
 * has done all that she can do when a call returns. */
function against(name, seed, pieces) {
  const events = [], sent = [];
  const alice = new Alice(compiled);
  alice.start(name, 'alice', new Uint8Array(Buffer.from(seed, 'hex')), 0);
  const transport = { send: (bytes) => sent.push(bytes), waiting: 0, close: () => { transport.closed = true; } };
  // Asked before there is a session, when the first events are told.
  let session = null;
  const tell = (event) => {
    check(events.at(-1)?.event !== 'ended', `${event.event} after the end`);
    events.push(event);
    if (event.event === 'open') {
      session.say('hello bob');
      session.leave();
    }
  };
  session = new Session(alice, transport, tell, () => 0);
  for (const piece of pieces) session.received(new Uint8Array(piece));
  session.ended();
  equal(events.at(-1).event, 'ended', 'the last event');
  check(transport.closed, 'the connection is open after the end');
  return { events, end: events.at(-1), sent: Buffer.concat(sent) };
}

/** An end that is told once, and says why. */
function endsBadly(name, seed, pieces, what) {
  const { events, end } = against(name, seed, pieces);
  equal(end.done, false, `${what}: done`);
  check(end.text.length > 0 && !end.text.includes('\n'), `${what}: no reason`);
  equal(events.filter((e) => e.event === 'closed').length, 1, `${what}: events closed`);
  return events;
}

/** Frames cut up, none across two of them: what answers a frame cannot come before it. */
function inPieces(frames, next) {
  const pieces = [];
  for (const frame of frames)
    for (let i = 0, n; i < frame.length; i += n) {
      n = Math.max(1, Math.min(next(), frame.length - i));
      pieces.push(frame.subarray(i, i + n));
    }
  return pieces;
}

const tests = {
  byteByByte() {
    for (const name of ['n64', 'r509', 'l32']) {
      const t = transcript(name), random = randomNumbers(1);
      for (const next of [() => Infinity, () => 1, () => 1 + random(700)]) {
        const { events, end, sent } = against(name, t.seed, inPieces(t.bob, next));
        equal(sent.toString('hex'), Buffer.concat(t.alice).toString('hex'), `what Alice sent with ${name}`);
        equal(end.done, true, `done with ${name}`);
        equal(events.find((e) => e.event === 'confirmed').fingerprint, t.words, 'the words');
        equal(events.filter((e) => e.event === 'chat').map((e) => e.text).join('|'), 'hello alice', 'the chat');
      }
    }
  },

  cutOff() {
    const t = transcript('n64'), random = randomNumbers(2);
    t.bob.forEach((frame, i) => {
      for (const n of [0, 1 + random(frame.length - 1)])
        endsBadly('n64', t.seed, [...t.bob.slice(0, i), frame.subarray(0, n)], `cut off ${n} bytes behind frame ${i}`);
    });
  },

  flippedBits() {
    for (const name of ['n64', 'r509', 'l32']) {
      const t = transcript(name), random = randomNumbers(3);
      for (let i = 0; i < 40; i++) {
        const number = i % t.bob.length, frame = Buffer.from(t.bob[number]), bit = random(8 * frame.length);
        frame[bit >> 3] ^= 1 << (bit & 7);
        const what = `${name}, frame ${number}, bit ${bit} flipped`;
        const events = endsBadly(name, t.seed, t.bob.map((f, j) => (j === number ? frame : f)), what);
        const sealed = number >= t.bob.length - 3; // name, chat and end mark
        equal(events.some((e) => e.event === 'confirmed'), sealed, `${what}: a key was accepted`);
      }
    }
  },

  garbage() {
    const t = transcript('n64'), random = randomNumbers(4);
    for (let i = 0; i < 100; i++) {
      const bytes = Buffer.from(Array.from({ length: random(300) }, () => random(256)));
      const start = t.bob.slice(0, i % 4); // behind nothing, the preface, B1, B2
      endsBadly('n64', t.seed, [...start, bytes], `garbage ${i}`);
    }
  },

  flood() {
    const t = transcript('n64'), megabyte = new Uint8Array(1 << 20).fill(255);
    endsBadly('n64', t.seed, Array(9).fill(megabyte), 'a flood');
  },

  /* An error where there should be none is told as the end, once, and she is gone. */
  errorWithin() {
    const t = transcript('n64'), events = [], alice = new Alice(compiled);
    let freed = false, closed = false;
    const broken = new Proxy(alice, {
      get(of, name) {
        if (name === 'work') throw new WebAssembly.RuntimeError('unreachable');
        if (name === 'free') freed = true;
        const value = Reflect.get(of, name, of);
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
    alice.start('n64', 'alice', new Uint8Array(Buffer.from(t.seed, 'hex')), 0);
    const transport = { send() {}, waiting: 0, close: () => { closed = true; } };
    const session = new Session(broken, transport, (event) => events.push(event), () => 0);
    session.received(new Uint8Array(t.bob[0]));
    session.ended();
    equal(events.filter((e) => e.event === 'ended').length, 1, 'events ended');
    check(/unreachable/.test(events.at(-1).text) && freed && closed, 'the error is not told, or she is not gone');
  },

  silence() {
    const alice = new Alice(compiled), t = transcript('n64');
    alice.start('n64', '', new Uint8Array(Buffer.from(t.seed, 'hex')), 1000);
    check(alice.deadline > 1000 && alice.deadline < 1e6, `a deadline of ${alice.deadline} ms`);
    alice.tick(alice.deadline);
    check(alice.finished, 'she waits for ever');
    let last;
    for (let e; (e = alice.event(alice.deadline));) last = e;
    equal(last.event, 'closed', 'her last event');
  },

  refusals() {
    const seed = () => new Uint8Array(32);
    for (const [set, name, bytes] of [['n65', '', seed()], ['', '', seed()], ['n64n64n64n64n64n64', '', seed()],
      ['n64', 'x'.repeat(65), seed()], ['n64', '\u00e4'.repeat(33), seed()], ['n64', '', new Uint8Array(31)]]) {
      let said = null;
      try {
        new Alice(compiled).start(set, name, bytes, 0);
      } catch (e) {
        said = e;
      }
      check(said?.constructor === Error && said.message.length > 0, `${set}, ${name}: was taken, or failed as ${said}`);
    }
  },

  importsNothing() {
    equal(JSON.stringify(WebAssembly.Module.imports(compiled)), '[]', 'imports');
  },

  /* Not by machine.js, which fills the memory with zeros, but by the program itself. */
  wiped() {
    const t = transcript('n64'), program = new WebAssembly.Instance(compiled, {}).exports;
    const memory = () => Buffer.from(program.memory.buffer);
    const put = (bytes) => memory().set(bytes, program.surface_input());
    const key = Buffer.from(t.key, 'hex'), seed = Buffer.from(t.seed, 'hex'), chat = Buffer.from('hello alice\n');
    program._initialize();
    put(Buffer.concat([seed, Buffer.from('n64alice')]));
    equal(program.surface_start(3, 5, 0), 0, 'surface_start');
    for (const frame of t.bob.slice(0, -1)) { // but the end mark
      while (program.surface_output(0) || program.surface_work(0));
      for (let i = 0; i < frame.length; i += 65536) {
        put(frame.subarray(i, i + 65536));
        program.surface_receive(Math.min(65536, frame.length - i), 0);
      }
    }
    while (program.surface_output(0) || program.surface_event(0));
    check(memory().includes(key), 'the key is not found even while it is in force');
    const n = program.surface_data();
    equal(memory().subarray(program.surface_result(), program.surface_result() + n).toString(), chat.toString(), 'the chat');
    program.surface_free();
    check(!memory().includes(key), 'the key is still there');
    check(!memory().includes(seed), 'the seed is still there');
    check(!memory().includes(chat), 'the chat is still there');
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const began = performance.now();
  try {
    test();
    console.log(`ok    ${name} ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}: ${e.stack}`);
  }
}
process.exit(failed ? 1 : 0);
