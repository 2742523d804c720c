// Both sides' five words, face to face.

import { element } from "./dom.js";

// Two rows of words and the sign between them. ids: so that "look at" can point to them.
export function faceToFace(alice, bob, names = ["Alice reads", "Bob reads"]) {
  const same = alice && bob ? alice === bob : null;
  const row = (id, who, words) => {
    const p = element("p", { className: "five", children: [element("span", { className: "who", text: who }), element("span", { className: "said", text: words || "\u2026" })] });
    p.id = id;
    return p;
  };
  return element("div", { className: "compare", data: { same: String(same) }, children: [row("compare-alice", names[0], alice),
    element("p", { className: "sign", text: same === null ? "" : same ? "= the same words" : "\u2260 not the same words" }), row("compare-bob", names[1], bob)] });
}

export const compare = {
  data: ({ fingerprint }) => ({ ...fingerprint }),
  draw(where, { alice, bob, wire }) {
    where.append(alice || bob ? faceToFace(alice, bob) : element("p", { className: "big", text: wire ? `Five words follow from what has passed: ${wire}` : "Five words follow from what has passed." }),
      element("p", { className: "quiet", text: "Alice and Bob compare them aloud: somebody in between cannot make them the same." }));
  },
};
