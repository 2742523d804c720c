// Has the conversations that record.c has written down once more, with Alice in WebAssembly: the same calls in the same order,
// and each has to give the same. Where the recorded one held before her steps (H), hers come as soon as they can, and what
// is compared is all that she said, told and heard.
//
// node recorded.mjs FOLDER PROGRAM...    reads what is recorded from its standard input
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, ...programs] = process.argv.slice(2);
const { Alice } = await import(pathToFileURL(`${folder}/machine.js`));
const compiled = programs.map((program) => [program.split('/').at(-1), new WebAssembly.Module(readFileSync(program))]);

// Nobody outside of machine.js has her memory; here it is wanted, to look for a key in it.
let memory = null;
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...given) {
    super(...given);
    memory = this.exports.memory;
  }
};

const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (found) => (found ? Buffer.from(found).toString('hex') : 'nothing');

function equal(found, expected, what) {
  if (found === expected) return;
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at++;
  const near = (text) => `${text.slice(Math.max(0, at - 60), at + 100)} (${text.length} characters)`;
  throw new Error(`${what}, from character ${at} on:\n  found    ${near(found)}\n  expected ${near(expected)}`);
}

// Of an event what does not depend on the clock; with apart, neither on what has been sent by then.
function told(event, apart) {
  if (!event) return 'nothing';
  const { time, seconds, ...rest } = event;
  if (apart && ['step', 'closed'].includes(rest.event)) delete rest.bytes;
  return JSON.stringify(rest);
}

class Again {
  constructor(program, lines) {
    const [, set, seed, name, now] = lines[0].split(' ');
    this.alice = new Alice(program);
    this.apart = lines.includes('H');
    this.sent = this.said = this.heard = '';
    this.expected = { O: '', E: '', D: '' };
    this.n = 0;
    this.alice.start(set, Buffer.from(name, 'hex').toString(), bytes(seed), Number(now));
    this.now = Number(now);
    if (this.apart) this.#all();
    for (this.n = 1; this.n < lines.length; this.n++) this.#line(lines[this.n]);
    for (const [kind, found] of Object.entries({ O: this.sent, E: this.said, D: this.heard }))
      equal(found, this.expected[kind], `all of ${kind}`);
    this.alice.free();
  }

  #line(line) {
    const kind = line[0], rest = line.slice(2), words = rest.split(' '), what = `line ${this.n}, ${line.slice(0, 60)}`;
    if ('RFOJT'.includes(kind)) this.now = Number(words.at(-1));
    if (kind === 'O') this.#gives('O', words[0], what);
    else if (kind === 'D') this.#gives('D', rest, what);
    else if (kind === 'E') this.#gives('E', told(JSON.parse(rest), this.apart), what);
    else if (kind === 'J') this.apart || equal(String(this.alice.work(this.now)), 'true', what);
    else if (kind === 'K') this.#key(rest, what);
    else if (kind !== 'H') this.#happens(kind, rest, words, what);
  }

  #gives(kind, expected, what) {
    this.expected[kind] += expected;
    if (this.apart) return;
    const found = this.#take(kind);
    equal(found, expected, what);
  }

  // One of these, which is kept.
  #take(kind) {
    const { alice, now } = this;
    if (kind === 'O') {
      const found = alice.output(now);
      this.sent += found ? hex(found) : '';
      return hex(found);
    }
    if (kind === 'D') {
      const found = alice.data();
      this.heard += found ? hex(found) : '';
      return hex(found);
    }
    const found = told(alice.event(now), this.apart);
    this.said += found === 'nothing' ? '' : found;
    return found;
  }

  // All that she can do by now.
  #all() {
    for (let moved = true; moved;) {
      moved = this.alice.work(this.now);
      for (const kind of 'DEO') while (this.#take(kind) !== 'nothing') moved = true;
    }
  }

  #happens(kind, rest, words, what) {
    const { alice, now } = this;
    if (kind === 'R') alice.receive(bytes(words[0]), now);
    else if (kind === 'F') alice.receiveEnd(now);
    else if (kind === 'B') alice.broken(rest);
    else if (kind === 'T') alice.tick(now);
    else if (kind === 'X') alice.sendEnd();
    else if (kind === 'S') equal(String(this.#says(bytes(words[1]))), words[0], what);
    else throw new Error(`${what}: not understood`);
    if (this.apart) this.#all();
  }

  // Some at a time; how many are taken.
  #says(text) {
    let taken = 0;
    for (let n = 1; n > 0 && taken < text.length; taken += n) n = this.alice.send(text.subarray(taken));
    return taken;
  }

  // Nobody is given a key in a browser, but it is hers, and in her memory.
  #key(key, what) {
    if (!Buffer.from(memory.buffer).includes(bytes(key))) throw new Error(`${what}: she has another key`);
  }
}

const had = new Map([['had', 0]]);
let conversation = [], failed = 0, number = 0;

function haveOnceMore() {
  number++;
  had.set('had', had.get('had') + 1);
  for (const [name, program] of compiled)
    try {
      new Again(program, conversation);
    } catch (e) {
      if (failed++ < 5) console.log(`FAIL ${name}, conversation ${number}, ${conversation[0]}: ${e.stack}`);
    }
  conversation = [];
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity }))
  if (line.startsWith('- ')) had.set(line.slice(2), (had.get(line.slice(2)) ?? 0) + 1);
  else if (line === 'Z') haveOnceMore();
  else conversation.push(line);
if (conversation.length) {
  console.log('FAIL the record ends in the middle of a conversation');
  failed++;
}
const counts = [...had].map(([why, n]) => (why === 'had' ? `${n} conversations had once more` : `left out ${n}, where ${why}`));
console.log(`${compiled.map(([name]) => name).join(', ')}: ${counts.join('; ')}; ${failed} failed`);
if (!had.get('had')) console.log('FAIL none to compare');
process.exit(failed || !had.get('had') ? 1 : 0);
