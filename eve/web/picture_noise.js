// Too much noise: a slider over the noise rate. Each position is a pair of sessions that ran on this machine a moment ago:
// with this rate, does Alice learn, and does Eve?

import { element, svg } from "./dom.js";
import { say as tell } from "./tongue.js";
import { number, raise } from "./units.js";

let chosen = null; // the position, kept while results arrive

// The positions: all rates of the largest n that has been tried, rising; who learned there. rates: what the experiment's
// table says of each once it is done.
export function positions({ units, rates }) {
  const n = Math.max(...units.map((u) => u.n)), rows = new Map();
  for (const u of units.filter((u) => u.n === n)) {
    const row = rows.get(u.a) ?? { n, a: u.a, theta: rates.find((r) => r.n === n && Math.round(100 * r.a) === u.a)?.theta, sessions: 0, alice: 0, eve: 0 };
    row.sessions++;
    row.alice += u.alice;
    row.eve += u.eve;
    rows.set(u.a, row);
  }
  return [...rows.values()].sort((a, b) => b.a - a.a);
}

const wordsOf = ({ sessions, alice, eve }, say) =>
  `${say.learns("Alice", alice, sessions)}, ${say.learns("Eve", eve, sessions)}: ${alice && !eve ? say.so.secret : alice ? say.so.open : say.so.none}`;

const W = 640, LEFT = 70; // of the strip, and of the names at its left

// The slider's thumb stands below the middle of its square.
function align(slider, n) {
  const width = (W - LEFT) / n, share = (x) => `${(100 * x) / W}%`, thumb = 16;
  slider.style.marginLeft = `calc(${share(LEFT + width / 2)} - ${thumb / 2}px)`;
  slider.style.width = `calc(${share(W - LEFT - width)} + ${thumb}px)`;
}

// Two rows of squares, one above each position of the slider: who learns where.
function strip(rows, at) {
  const width = (W - LEFT) / rows.length;
  const drawing = svg("svg", { viewBox: `0 0 ${W} 76`, role: "img", "aria-label": tell("Who learns, by noise rate") });
  [["Alice", "alice", 4], ["Eve", "eve", 40]].forEach(([name, key, y]) => {
    drawing.append(svg("text", { x: 0, y: y + 22, class: "ink" }, [name]));
    rows.forEach((row, i) => {
      const x = LEFT + i * width, share = row[key] / row.sessions;
      drawing.append(svg("rect", { x: x + 2, y, width: width - 4, height: 32, class: "field" }), svg("rect", { x: x + 2, y: y + 32 * (1 - share), width: width - 4, height: 32 * share, class: key }));
    });
  });
  drawing.append(svg("rect", { x: LEFT + at * width + 1.5, y: 1.5, width: width - 3, height: 73, class: "chosen" }));
  return drawing;
}

// Words for a rate: at constant noise, a = 0, it no longer falls with n.
const rateOf = ({ n, a, theta }, say) => raise(say.rate(theta ? number(1 / theta, 2) : null, a, n));

function show(where, data, say) {
  const rows = data.units.length ? positions(data) : [];
  where.querySelector(".so-far").textContent = rows.length ? say.sessions(data.units.length, `n${rows[0].n}`) : say.first;
  const slider = where.querySelector("input"), verdict = where.querySelector("#noise-verdict"), drawing = where.querySelector(".strip");
  slider.disabled = !rows.length;
  if (!rows.length) {
    chosen = null;
    return;
  }
  let at = chosen === null ? rows.length - 1 : rows.findIndex((r) => r.a === chosen);
  if (at < 0) at = rows.length - 1;
  slider.max = rows.length - 1;
  align(slider, rows.length);
  slider.value = at;
  const row = rows[at];
  slider.setAttribute("aria-valuetext", `${rateOf(row, say)}: ${wordsOf(row, say)}`);
  where.querySelector(".rate").textContent = rateOf(row, say);
  verdict.textContent = wordsOf(row, say);
  verdict.dataset.secret = row.alice > 0 && row.eve === 0;
  drawing.replaceChildren(strip(rows, at));
}

export const noise = {
  data: (state) => ({ units: state.units.filter((u) => u.rule === "fixed"), rates: (state.result?.tables.cells ?? []).filter((c) => c.rule === "fixed").map(({ n, a, theta }) => ({ n, a, theta })) }),
  draw(where, data, say) {
    const slider = element("input");
    Object.assign(slider, { type: "range", min: 0, max: 0, step: 1, id: "noise" });
    slider.setAttribute("aria-label", tell("noise"));
    const verdict = element("p", { className: "big" });
    verdict.id = "noise-verdict";
    let latest = data;
    slider.oninput = () => {
      const rows = positions(latest);
      chosen = rows[Number(slider.value)].a;
      show(where, latest, say);
    };
    noise.update = (w, d) => { latest = d; show(w, d, say); return true; };
    const ends = element("div", { className: "ends", children: say.ends.map((text) => element("span", { text })) });
    where.append(element("p", { className: "rate big" }), verdict, element("div", { className: "strip" }), slider, ends, element("p", { className: "so-far quiet" }));
    show(where, data, say);
  },
};
