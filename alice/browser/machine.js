// Alice's program in WebAssembly, and what it understands of JavaScript: surface.h, function by function.
// One Alice is one session. She knows no network and no clock, and imports nothing.

const INPUT = 64 * 1024;
const WANTS_INPUT = 1, WANTS_DATA = 2, FINISHED = 4;
const NAME_MAX = 64, EINVAL = -28; // wasi's numbers

// A function with one instruction of 128 bits: whether the browser takes it.
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

/** The file to load: without instructions on vectors the slower one. */
export function programName() {
  return WebAssembly.validate(SIMD) ? 'alice.wasm' : 'alice-plain.wasm';
}

export class Alice {
  #memory;
  #exports;
  #text = new TextDecoder();
  #bytes = new TextEncoder();

  /** module: a WebAssembly.Module of alice.wasm or alice-plain.wasm. */
  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    this.#memory = this.#exports.memory;
    this.#exports._initialize();
  }

  // Memory may grow with every call, and takes the old views with it.
  #put(bytes, at = 0) {
    new Uint8Array(this.#memory.buffer, this.#exports.surface_input(), INPUT).set(bytes, at);
  }

  #result(n) {
    return new Uint8Array(this.#memory.buffer, this.#exports.surface_result(), n);
  }

  #json(n) {
    return n ? JSON.parse(this.#text.decode(this.#result(n))) : null;
  }

  /** seed: 32 bytes of fresh randomness, which are wiped here. Throws what is wrong, in words. */
  start(set, name, seed, now) {
    const setBytes = this.#bytes.encode(set), nameBytes = this.#bytes.encode(name);
    if (nameBytes.length > NAME_MAX) throw new Error(`a name has at most ${NAME_MAX} bytes`);
    if (seed.length !== 32) throw new Error('a seed has 32 bytes');
    if (setBytes.length > 15) throw new Error('there is no such set');
    this.#put(seed);
    seed.fill(0);
    this.#put(setBytes, 32);
    this.#put(nameBytes, 32 + setBytes.length);
    const r = this.#exports.surface_start(setBytes.length, nameBytes.length, now);
    if (r < 0) throw new Error(r === EINVAL ? `there is no set ${set}` : 'out of memory');
  }

  /** Bytes from Bob, as many as there are. */
  receive(bytes, now) {
    for (let i = 0; i < bytes.length; i += INPUT) {
      const piece = bytes.subarray(i, i + INPUT);
      this.#put(piece);
      this.#exports.surface_receive(piece.length, now);
    }
  }

  receiveEnd(now) {
    this.#exports.surface_eof(now);
  }

  broken(text) {
    const bytes = this.#bytes.encode(text).subarray(0, 100);
    this.#put(bytes);
    this.#exports.surface_broken(bytes.length);
  }

  /** The next bytes for Bob, or null. */
  output(now) {
    const n = this.#exports.surface_output(now);
    return n ? this.#result(n).slice() : null;
  }

  /** The next event as an object, or null. */
  event(now) {
    return this.#json(this.#exports.surface_event(now));
  }

  /** The next bytes of the chat, or null. */
  data() {
    const n = this.#exports.surface_data();
    return n ? this.#result(n).slice() : null;
  }

  /** Bytes as a line that can be shown, escaped as at a terminal. */
  escape(bytes) {
    this.#put(bytes.subarray(0, INPUT));
    return this.#text.decode(this.#result(this.#exports.surface_escape(Math.min(bytes.length, INPUT))));
  }

  progress() {
    return this.#json(this.#exports.surface_progress());
  }

  /** Runs one job; whether there was one. */
  work(now) {
    return this.#exports.surface_work(now) === 1;
  }

  /** Says bytes; how many were taken. */
  send(bytes) {
    const piece = bytes.subarray(0, INPUT);
    this.#put(piece);
    return this.#exports.surface_send(piece.length);
  }

  sendEnd() {
    this.#exports.surface_send_end();
  }

  get wantsInput() {
    return (this.#exports.surface_wants() & WANTS_INPUT) !== 0;
  }

  get wantsData() {
    return (this.#exports.surface_wants() & WANTS_DATA) !== 0;
  }

  get finished() {
    return (this.#exports.surface_wants() & FINISHED) !== 0;
  }

  /** When to tick, in milliseconds; Infinity for never. */
  get deadline() {
    return this.#exports.surface_deadline();
  }

  tick(now) {
    this.#exports.surface_tick(now);
  }

  get memoryBytes() {
    return this.#memory.buffer.byteLength;
  }

  /** Wipes all that she knew: what the program frees, and then the whole of its memory. */
  free() {
    try {
      this.#exports.surface_free();
    } catch {
      // after an error in the program; what follows wipes more than this would have
    }
    new Uint8Array(this.#memory.buffer).fill(0);
  }
}
