// For a page: starts the worker that is Alice. README.md says what it takes and tells.

const ADDRESS = new URL('alice.js', import.meta.url).href;
// A page of eve's lets no text become the address of a program but here (trusted types), and here only this one.
const policy = globalThis.trustedTypes?.createPolicy('alice', { createScriptURL: () => ADDRESS });

/** A Worker. */
export function startAlice() {
  return new Worker(policy ? policy.createScriptURL('') : ADDRESS, { type: 'module' });
}
