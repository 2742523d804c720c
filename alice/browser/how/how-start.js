// For a page: starts the worker, and asks it.

const ADDRESS = new URL('how-worker.js', import.meta.url).href;
// A page of eve's lets no text become the address of a program but here (trusted types), and here only this one.
const policy = globalThis.trustedTypes?.createPolicy('alice', { createScriptURL: () => ADDRESS });

/** Runs the session of this seed and set. {about, ask(what, ...args): Promise, end()}; throws what is wrong. */
export function startHow(seed, set) {
  const worker = new Worker(policy ? policy.createScriptURL('') : ADDRESS, { type: 'module' });
  const waiting = new Map();
  let asked = 0;
  return new Promise((resolve, reject) => {
    const fail = (text) => {
      const e = new Error(text);
      reject(e);
      for (const [, no] of waiting.values()) no(e);
      waiting.clear();
    };
    worker.onerror = (e) => fail(e.message || 'the program could not be started');
    worker.onmessage = ({ data }) => {
      if (data.failed) fail(data.failed);
      else if (data.ready) resolve({
        about: data.ready,
        ask: (what, ...args) => new Promise((yes, no) => {
          const number = ++asked;
          waiting.set(number, [yes, no]);
          worker.postMessage({ do: 'ask', number, what, args });
        }),
        end: () => worker.terminate(),
      });
      else {
        waiting.get(data.number)?.[0](data.answer);
        waiting.delete(data.number);
      }
    };
    worker.postMessage({ do: 'start', seed, set });
  });
}
