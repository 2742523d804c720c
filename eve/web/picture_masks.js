// The challenge: every bit of the key hangs on many labels, and who predicts labels has the bit. Bars for Alice and a coin.

import { element, svg } from "./dom.js";
import { lastStep } from "./scene.js";
import { number, percent, power } from "./units.js";

const W = 640, ROW = 54;

function bar(y, share, name, text, mark) {
  const x = 150, width = W - x - 20;
  const all = [svg("text", { x: x - 10, y: y + 26, "text-anchor": "end", class: "ink" }, [name]), svg("rect", { x, y, width, height: 38, class: "field" }),
    svg("rect", { x, y, width: width * share, height: 38, class: name.startsWith("A") ? "alice" : "quiet" }),
    svg("text", { x: x + 10, y: y + 26, class: "paper" }, [text])];
  if (mark !== undefined) all.push(svg("path", { d: `M${x + width * mark} ${y - 5}v48`, class: "needle" }));
  return all;
}

export const masks = {
  data: (state) => ({ bob: state.sides.bob.agreed, alice: lastStep(state) === "A4" ? state.sides.alice.agreed : null }),
  draw(where, { alice, bob }) {
    const said = alice ?? bob;
    if (!said) {
      where.append(element("p", { className: "big", text: "Fresh pictures, and secret bits behind their labels." }));
      return;
    }
    const often = said.repeat === 1 ? "one label" : `${said.repeat} labels`;
    where.append(element("p", { className: "big", text: `${said.distillate} secret bits, each behind ${often}: ${number(said.challenges, 7)} fresh pictures` }));
    if (alice?.noise !== undefined) {
      where.append(element("p", { text: `Each label that Alice predicts is off by ${number(alice.noise)} on average, ${number(alice.noise_expected)} expected, and may be off by a quarter of the modulus: no bit is ever wrong.` }));
      return;
    }
    const drawing = svg("svg", { viewBox: `0 0 ${W} ${alice ? 2 * ROW + 10 : ROW + 10}`, role: "img", "aria-label": "Share of labels that are predicted" });
    drawing.append(...(alice ? bar(8, alice.agreement, "Alice", `${percent(alice.agreement)} right; expected ${percent(alice.agreement_expected)}`, alice.agreement_expected) : []),
      ...bar(alice ? 8 + ROW : 8, 0.5, "a coin", "50%"));
    where.append(drawing);
    if (said.failure_log2 !== undefined) where.append(element("p", { className: "quiet", text: `The majority of each ${said.repeat} decides; that one of all the bits comes out wrong has a chance of at most ${power(Math.ceil(said.failure_log2), 2)}.` }));
  },
};
