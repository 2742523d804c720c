// How wrong Eve's tries are: a hill at the coin's half, Alice's needle at theta, and the try that jumps over. Drawn from
// the histograms of her learner's events, which tell of the tries since the event before. Hill and needles count alike:
// labels by which the try was not chosen, and in which Alice errs as often as Bob.

import { colour, svg } from "./dom.js";
import { picturesIn } from "./picture_words.js";
import { bestRisk, triesOf } from "./scene.js";
import { say as tell } from "./tongue.js";
import { count, percent } from "./units.js";

// As large as it is on the stage, where letters are a fortieth of the window's height.
const W = 440, H = 172, LEFT = 12, RIGHT = 12, TOP = 42, BOTTOM = 44, MOST = 0.65; // up to which share it is drawn
const LETTER = 9; // how wide one is, about
const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];

const x = (share) => LEFT + (share / MOST) * (W - LEFT - RIGHT);

function drawing(state, level) {
  const { eve: say, coin } = picturesIn(level), tries = triesOf(state), best = bestRisk(state.eve), base = H - BOTTOM;
  const all = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 -5 ${W} ${H + 5}`, role: "img", "aria-label": tries ? tell`${count(tries.all)} tries of ${tries.learner}: ${say.axis}` : `${say.tries}: 0` });
  const text = (at, y, words, anchor = "middle", kind = "ink") => all.append(svg("text", { x: at, y, "text-anchor": anchor, class: kind }, [words]));
  if (tries) {
    const most = Math.log10(1 + Math.max(...tries.bins)), n = tries.bins.length;
    tries.bins.forEach((some, i) => {
      if (!some || i / n >= MOST) return;
      const height = Math.max(3, ((base - TOP) * Math.log10(1 + some)) / most);
      all.append(svg("rect", { x: x(i / n) + 0.5, y: base - height, width: x(1 / n) - x(0) - 1, height, class: "eve" }, [svg("title", {}, [tell`${percent(i / n)} to ${percent((i + 1) / n)} wrong: ${count(some)} tries; the lengths of bars are logarithmic`])]));
    });
    // left of the first bar of the hill that is as high as these lines reach down
    const low = base - TOP - 24 - 19 * 2 - 4, hill = tries.bins.findIndex((some, i) => i / n > 0.2 && ((base - TOP) * Math.log10(1 + some)) / most > low);
    const lines = say.highest(count(Math.max(...tries.bins))), right = x(Math.min(hill < 0 ? 1 : hill / n, 0.335)) - 6, width = LETTER * Math.max(...lines.map((line) => line.length));
    const left = Math.max(0, ...[state.risk, best?.risk].filter((share) => share < 0.3).map(x)) + 6; // not across a needle
    const [at, anchor] = right - width < left ? [left, "start"] : [right, "end"];
    lines.forEach((words, i) => text(at, TOP + 24 + 19 * i, words, anchor));
  }
  all.append(svg("path", { d: `M${LEFT} ${base}H${W - RIGHT}`, class: "axis" }));
  for (const share of SHARES) text(x(share), base + 18, percent(share, 0), share ? "middle" : "start");
  text((LEFT + W - RIGHT) / 2, H - 5, say.axis);
  const needle = (share, name, kind, anchor, y, other = 0) => {
    all.append(svg("path", { d: `M${x(share)} ${y + 4}V${base}`, class: `needle ${kind}` }));
    const beside = anchor === "end" ? Math.min(share, 0.5) : other < 0.3 ? Math.max(share, other) : share; // not across the coin's line, or another needle
    text(x(beside) + (anchor === "start" ? 5 : anchor === "end" ? -5 : 0), y, name, anchor, kind);
  };
  needle(0.5, coin, "coin", "middle", 15);
  if (state.risk !== null) needle(state.risk, `Alice ${percent(state.risk)}`, "alice", "start", 15);
  if (best) needle(best.risk, say.bestMark(best.risk), "eve", best.risk < 0.3 ? "start" : "end", 35, state.risk ?? 0);
  return all;
}

let drawn = "";

export function renderTries(where, state, level) {
  const tries = triesOf(state), best = bestRisk(state.eve), key = JSON.stringify([tries, best, state.risk, level]);
  if (key === drawn && where.firstChild) return;
  drawn = key;
  where.replaceChildren(drawing(state, level));
  where.dataset.tries = tries?.all ?? 0;
}

// ---- to keep

// A whole file: what the style sheet says is written into it.
export function triesSvg(state, level) {
  const all = drawing(state, level), fills = { eve: "--eve", alice: "--alice", ink: "--ink", coin: "--ink" };
  all.setAttribute("width", 2 * W);
  all.setAttribute("height", 2 * H);
  all.setAttribute("font-family", "sans-serif");
  all.setAttribute("font-size", "16");
  for (const e of all.querySelectorAll("*")) {
    const kind = (e.getAttribute("class") ?? "").split(" ").at(-1);
    if (e.localName === "path") { e.setAttribute("stroke", colour(fills[kind] ?? "--ink")); e.setAttribute("stroke-width", "2"); e.setAttribute("fill", "none"); }
    else if (fills[kind]) e.setAttribute("fill", colour(fills[kind]));
  }
  all.prepend(svg("rect", { y: -5, width: W, height: H + 5, fill: colour("--paper") }));
  return new XMLSerializer().serializeToString(all);
}

export function triesCsv(state) {
  const tries = triesOf(state);
  return ["share wrong from,to,tries", ...(tries ? tries.bins.map((count, i) => `${i / tries.bins.length},${(i + 1) / tries.bins.length},${count}`) : [])].join("\n") + "\n";
}
