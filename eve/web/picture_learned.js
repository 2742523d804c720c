// How Alice learns: her code word, a dot for each bit of it, whose wrong dots vanish round by round. Of a round the events
// tell how many dots are wrong, not which: their places here are made up, and the same in each round.

import { colour, element, still, svg } from "./dom.js";
import { heard, say as tell } from "./tongue.js";
import { percent, raise } from "./units.js";

const ROUND_MS = 450;

// The numbers below n in an order that looks random: each once.
export function scattered(n) {
  const order = Array.from({ length: n }, (_, i) => i);
  let x = 12345;
  for (let i = n - 1; i > 0; i--) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    const j = x % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// columns x rows that hold n dots, twice as wide as high or wider.
export function gridOf(n, shape = 3.2) {
  const columns = Math.ceil(Math.sqrt(n * shape));
  return [columns, Math.ceil(n / columns)];
}

function paint(canvas, order, { unsettled, wrong }) {
  const [columns, rows] = gridOf(order.length), cell = Math.max(1, Math.floor(1200 / columns)), c = canvas.getContext("2d");
  canvas.width = columns * cell;
  canvas.height = rows * cell;
  const part = (from, to, fill) => {
    c.fillStyle = fill;
    for (let i = from; i < Math.min(to, order.length); i++) c.fillRect((order[i] % columns) * cell, Math.floor(order[i] / columns) * cell, Math.max(1, cell - 1), Math.max(1, cell - 1));
  };
  part(0, wrong, colour("--eve"));
  part(wrong, wrong + unsettled, colour("--line"));
  part(wrong + unsettled, order.length, colour("--settled"));
}

function bars(rounds, all) {
  const W = 640, H = 70, width = W / rounds.length, most = Math.max(...rounds.map((r) => r.wrong + r.unsettled), 1);
  const drawing = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "rounds", role: "img", "aria-label": tell("Wrong and unsettled bits of each round") });
  rounds.forEach((r, i) => {
    const w = (r.wrong / most) * 44, u = (r.unsettled / most) * 44, x = i * width + 2;
    drawing.append(svg("rect", { x, y: 46 - w, width: width - 4, height: w, class: "eve" }), svg("rect", { x, y: 46 - w - u, width: width - 4, height: u, class: "line" }));
    const few = rounds.length <= 12, first = i === 0;
    if (few || first || i === rounds.length - 1) drawing.append(svg("text", { x: few ? x + width / 2 - 2 : first ? x : x + width - 4, y: 64, "text-anchor": few ? "middle" : first ? "start" : "end", class: "ink" }, [r.wrong ? percent(r.wrong / all, r.wrong / all < 0.1 ? 1 : 0) : "0"]));
  });
  return drawing;
}

// What a task measured beside what was expected, where it tells of no rounds.
function figures(learned, say) {
  return element("dl", { className: "figures", children: (learned.figures ?? []).map((f) => element("div", { children: [element("dt", { text: raise(heard(f.what)) }),
    element("dd", { text: say.figure(f) })] })) });
}

export const learned = {
  data: (state) => ({ learned: state.sides.alice.learned ?? null, words: state.words }),
  draw(where, { learned: l, words }, say) {
    if (!l) {
      where.append(element("p", { className: "big", text: raise(say.learning(heard(words?.left))) }));
      return undefined;
    }
    if (!l.rounds?.length) {
      where.append(element("p", { className: "big", text: say.learned(l.accepted) }), figures(l, say));
      return undefined;
    }
    const canvas = element("canvas"), caption = element("p", { className: "caption" }), order = scattered(l.code_bits);
    canvas.id = "codeword";
    canvas.setAttribute("role", "img");
    const show = (i) => {
      const r = l.rounds[i];
      paint(canvas, order, r);
      const last = Math.max(l.rounds.length, i + 1 === l.rounds.length ? l.iterations : 0); // of a long search only some are told of
      caption.textContent = say.round(i + 1 === l.rounds.length ? last : i + 1, Math.max(l.rounds.length, l.iterations), l.code_bits, r);
      canvas.setAttribute("aria-label", caption.textContent);
      canvas.dataset.round = i + 1;
    };
    canvas.title = say.places;
    where.append(canvas, caption, bars(l.rounds, l.code_bits));
    let at = still() ? l.rounds.length - 1 : 0;
    show(at);
    const timer = setInterval(() => { if (at + 1 < l.rounds.length) show(++at); else clearInterval(timer); }, ROUND_MS);
    return () => clearInterval(timer);
  },
};
