// For a page: starts the worker that is Alice. README.md says what it takes and tells.

const ADDRESS = new URL('alice.js', import.meta.url).href;
// A page of eve's lets no text become the address of a program but here (trusted types), and here only this one.
const policy = globalThis.trustedTypes?.createPolicy('alice', { createScriptURL: () => ADDRESS });

let asked = false;

/** A Worker. Its `error` without a message says that the program did not arrive: it may be started again. */
export function startAlice() {
  const options = { get type() { asked = true; return 'module'; } };
  return new Worker(policy ? policy.createScriptURL('') : ADDRESS, options);
}

/** Behind startAlice: whether the browser knows workers of modules. One that does not never asks for the type. */
export const knowsModules = () => asked;
