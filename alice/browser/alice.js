// The worker of a page in which somebody is Alice. Everything that is secret is here, in memory that is wiped when the
// session ends; the page gets what it may show. See README.md for what goes in and out.
import { Alice, programName } from './machine.js';
import { Session } from './session.js';

/** The connection to Bob: a WebSocket that carries the bytes of TCP, in messages of any size. */
export class SocketTransport {
  #socket;

  /** opened, received(bytes), ended(), broken(text): called as it happens; after the last two nothing is. */
  constructor(url, { opened, received, ended, broken }) {
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = opened;
    this.#socket.onmessage = (e) => {
      if (typeof e.data === 'string') broken('the connection carries text, and should carry bytes');
      else received(new Uint8Array(e.data));
    };
    this.#socket.onclose = (e) => {
      if (e.reason) broken(e.reason);
      else if (e.wasClean) ended();
      else broken('the connection broke');
    };
  }

  send(bytes) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  get waiting() {
    return this.#socket.readyState === WebSocket.OPEN ? this.#socket.bufferedAmount : 0;
  }

  close() {
    this.#socket.close(1000);
  }
}

const TRIES = 3, AGAIN_MS = 700;

// A network that changes meanwhile, as where a phone finds another one, breaks it off.
async function get(name) {
  for (let left = TRIES; ; left--) {
    try {
      const answer = await fetch(new URL(name, import.meta.url));
      return { status: answer.status, said: answer.statusText, bytes: await answer.arrayBuffer() };
    } catch {
      if (left === 1) throw new Error('the program did not arrive from the machine that serves it');
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

async function load() {
  const name = programName(), { status, said, bytes } = await get(name);
  if (status === 404) throw new Error(new TextDecoder().decode((await get('alice-missing.txt')).bytes).trim());
  if (status !== 200) throw new Error(`${name}: ${status} ${said}`);
  return WebAssembly.compile(bytes);
}

function address({ url, token, name }) {
  const to = new URL(url);
  if (token) to.searchParams.set('token', token);
  if (name) to.searchParams.set('name', name);
  return to;
}

/** Joins: {url, name, set, token}. tell: gets the events, of which the last one is `ended`. */
export async function join(wanted, tell) {
  let session = null, over = false;
  const fail = (text) => {
    if (!over) tell({ event: 'ended', done: false, step: 'A1', text });
    over = true;
  };
  const alice = new Alice(await load());
  const transport = new SocketTransport(address(wanted), {
    opened() {
      try {
        alice.start(wanted.set, wanted.name ?? '', crypto.getRandomValues(new Uint8Array(32)), performance.now());
        tell({ event: 'connected' });
        session = new Session(alice, transport, tell);
      } catch (e) {
        fail(e.message);
        transport.close();
      }
    },
    received: (bytes) => session?.received(bytes),
    ended: () => (session ? session.ended() : fail('the room is closed')),
    broken: (text) => (session ? session.broken(text) : fail(text)),
  });
  return { say: (text) => session?.say(text), leave: () => session?.leave() };
}

if (typeof WorkerGlobalScope !== 'undefined') {
  let joined = null;
  self.onmessage = async ({ data }) => {
    if (data.do === 'join' && !joined)
      joined = join(data, (event) => self.postMessage(event)).catch((e) =>
        self.postMessage({ event: 'ended', done: false, step: 'A1', text: e.message }));
    else if (data.do === 'say') (await joined)?.say(String(data.text));
    else if (data.do === 'leave') (await joined)?.leave();
  };
}
