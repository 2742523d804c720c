// The challenge: every bit of the key hangs on many labels, and who predicts labels has the bit. Bars for Alice and a coin.

import { element, svg } from "./dom.js";
import { lastStep } from "./scene.js";
import { say as tell } from "./tongue.js";

const W = 640, ROW = 54;

function bar(y, share, kind, name, text, mark) {
  const x = 150, width = W - x - 20;
  const all = [svg("text", { x: x - 10, y: y + 26, "text-anchor": "end", class: "ink" }, [name]), svg("rect", { x, y, width, height: 38, class: "field" }),
    svg("rect", { x, y, width: width * share, height: 38, class: kind }),
    svg("text", { x: x + 10, y: y + 26, class: "paper" }, [text])];
  if (mark !== undefined) all.push(svg("path", { d: `M${x + width * mark} ${y - 5}v48`, class: "needle" }));
  return all;
}

export const masks = {
  data: (state) => ({ bob: state.sides.bob.agreed, alice: lastStep(state) === "A4" ? state.sides.alice.agreed : null }),
  draw(where, { alice, bob }, say) {
    const said = alice ?? bob;
    if (!said) {
      where.append(element("p", { className: "big", text: say.masks }));
      return;
    }
    where.append(element("p", { className: "big", text: say.behind(said.distillate, said.repeat, said.challenges) }));
    if (alice?.noise !== undefined) {
      where.append(element("p", { text: say.off(alice.noise, alice.noise_expected) }));
      return;
    }
    const drawing = svg("svg", { viewBox: `0 0 ${W} ${alice ? 2 * ROW + 10 : ROW + 10}`, role: "img", "aria-label": tell("Share of labels that are predicted") });
    drawing.append(...(alice ? bar(8, alice.agreement, "alice", "Alice", say.right(alice.agreement, alice.agreement_expected), alice.agreement_expected) : []),
      ...bar(alice ? 8 + ROW : 8, 0.5, "quiet", say.coin, "50%"));
    where.append(drawing);
    if (said.failure_log2 !== undefined) where.append(element("p", { className: "quiet", text: say.majority(said.repeat, said.failure_log2) }));
  },
};
