// The worker of the page "How Alice does it": runs the session, then answers what it is asked.
//   in:  { do: 'start', seed, set }, then { do: 'ask', number, what, args }
//   out: { ready: what how_about says } or { failed: text }, then { number, answer }
import { How } from './how-machine.js';

let how = null;

async function load() {
  const answer = await fetch(new URL('how.wasm', import.meta.url));
  if (answer.status === 404) throw new Error((await (await fetch(new URL('alice-missing.txt', import.meta.url))).text()).trim());
  if (!answer.ok) throw new Error(`how.wasm: ${answer.status} ${answer.statusText}`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

async function start({ seed, set }) {
  how = new How(await load());
  how.start(seed, set);
  while (how.work());
  return how.about();
}

self.onmessage = async ({ data }) => {
  try {
    if (data.do === 'start') self.postMessage({ ready: await start(data) });
    else self.postMessage({ number: data.number, answer: how[data.what](...data.args) });
  } catch (e) {
    self.postMessage({ failed: e.message });
  }
};
