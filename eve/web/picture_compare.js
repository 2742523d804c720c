// Both sides' five words, face to face.

import { element } from "./dom.js";

// Two rows of words and the sign between them. ids: so that "look at" can point to them.
export function faceToFace(alice, bob, say) {
  const same = alice && bob ? alice === bob : null;
  const row = (id, who, words) => {
    const p = element("p", { className: "five", children: [element("span", { className: "who", text: who }), element("span", { className: "said", text: words || say.waiting })] });
    p.id = id;
    return p;
  };
  return element("div", { className: "compare", data: { same: String(same) }, children: [row("compare-alice", say.reads[0], alice),
    element("p", { className: "sign", text: same === null ? "" : same ? say.same : say.differ }), row("compare-bob", say.reads[1], bob)] });
}

export const compare = {
  data: ({ fingerprint }) => ({ ...fingerprint }),
  draw(where, { alice, bob, wire }, say) {
    where.append(alice || bob ? faceToFace(alice, bob, say) : element("p", { className: "big", text: say.follow(wire) }),
      element("p", { className: "quiet", text: say.aloud() }));
  },
};
