// Somebody in between: two wires, a session on each, and two sets of words face to face. With pinned keys a flag stands
// where each session ends.

import { element } from "./dom.js";
import { STEPS } from "./story.js";
import { stepsInOrder } from "./state.js";
import { faceToFace } from "./picture_compare.js";
import { heard } from "./tongue.js";

const line = ({ side, text }) => element("li", { children: [element("span", { className: `who ${side}`, text: side === "alice" ? "Alice" : "Bob" }), element("span", { className: "inside", text })] });

// One of the two wires: its chips, and the message that has passed last.
function wire(id, name, { steps, last }, stopped, say) {
  const chips = stepsInOrder(steps).map((step) => element("li", { text: step.name, className: `${step.done ? "done" : ""} ${last === step.name ? "last" : ""}`, data: { step: step.name } }));
  const arrow = last ? (STEPS[last].from === "alice" ? "\u2192" : "\u2190") : "";
  const parts = [element("h3", { text: name }), element("p", { className: "passing", text: last ? `${arrow} ${last} ${STEPS[last].title} ${arrow}` : say.nothing, data: last ? { from: STEPS[last].from } : {} }), element("ol", { className: "chips", children: chips })];
  if (stopped) parts.push(element("p", { className: "stop", text: say.stopped }));
  const all = element("div", { className: "wire-of", children: parts });
  all.id = id;
  return all;
}

export const between = {
  data: (state) => ({
    pinned: state.scenario.name === "attacker-pinned",
    alice: { steps: Object.fromEntries(Object.keys(state.steps).map((k) => [k, {}])), last: state.last },
    bob: { steps: Object.fromEntries(Object.keys(state.bobs?.steps ?? {}).map((k) => [k, {}])), last: state.bobs?.last ?? null },
    words: { alice: state.fingerprint.alice ?? "", bob: state.fingerprint.bob ?? "" }, chat: state.chat.between,
    refused: [state.sides.alice, state.sides.bob].map((own) => own.error || (own.closed?.status ? own.closed.reason : "")),
  }),
  draw(where, { pinned, alice, bob, words, chat, refused: [byAlice, byBob] }, say) {
    where.append(element("div", { className: "pair", children: [wire("wire-alice", say.wires[0], alice, pinned && byAlice, say), wire("wire-bob", say.wires[1], bob, pinned && (byBob || byAlice), say)] }));
    if (pinned && (byAlice || byBob)) {
      const flag = element("p", { className: "flag", text: `\u2691 ${heard(byAlice || byBob)}` });
      flag.id = "flag";
      where.append(flag);
    } else if (words.alice || words.bob) where.append(faceToFace(words.alice, words.bob, say));
    if (chat.length) {
      const list = element("ul", { className: "wired", children: chat.map(line) });
      list.id = "chat-eve";
      where.append(list);
    }
  },
};
