// The program of "How Alice does it", and what it understands of JavaScript: how.h, function by function. Alice, Bob and all
// that they know follow from the seed: nothing here is secret, and nothing of it may be used for a secret.

const INPUT = 128, EINVAL = -28; // wasi's number
const WHO = { alice: 0, eve: 1 };

export class How {
  #exports;
  #text = new TextDecoder();

  /** module: a WebAssembly.Module of how.wasm. */
  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    this.#exports._initialize();
  }

  // What was said last, from memory that may have grown.
  #json(n) {
    return n ? JSON.parse(this.#text.decode(new Uint8Array(this.#exports.memory.buffer, this.#exports.how_result(), n))) : null;
  }

  /** Throws what is wrong, in words. */
  start(seed, set) {
    const bytes = new TextEncoder().encode(seed + set), nSet = new TextEncoder().encode(set).length;
    if (seed === '') throw new Error('there is no seed');
    if (bytes.length > INPUT) throw new Error(`seed and set have more than ${INPUT} bytes`);
    new Uint8Array(this.#exports.memory.buffer, this.#exports.how_input(), INPUT).set(bytes);
    const r = this.#exports.how_start(bytes.length - nSet, nSet);
    if (r < 0) throw new Error(r === EINVAL ? `there is no set ${set} here` : 'out of memory');
  }

  /** Some milliseconds; whether there is more to do. */
  work() {
    const r = this.#exports.how_work();
    if (r < 0) throw new Error(`the session failed (${r})`);
    return r === 1;
  }

  /** Each an object as how.h says, or null where there is no such one. */
  about() { return this.#json(this.#exports.how_about()); }
  piece(j, guess = 0) { return this.#json(this.#exports.how_piece(j, guess)); }
  belief(who, step) { return this.#json(this.#exports.how_belief(WHO[who] ?? who, step)); }
  fresh(i) { return this.#json(this.#exports.how_fresh(i)); }
  tiles() { return this.#json(this.#exports.how_tiles()); }

  free() { this.#exports.how_free(); }
}
