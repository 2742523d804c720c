// How wrong Eve's tries are: a hill at the coin's half, Alice's needle at theta, and the try that jumps over. Drawn from
// the histograms of her learner's events, which tell of the tries since the event before.

import { colour, svg } from "./dom.js";
import { number, percent } from "./units.js";
import { bestRisk } from "./scene.js";

const W = 640, H = 210, LEFT = 46, RIGHT = 12, TOP = 34, BOTTOM = 42, MOST = 0.65; // up to which share it is drawn

// All tries of the newest learner that has made any, from the histograms of its events.
export function triesOf(state) {
  const tried = state.eve.learning.filter((e) => e.tried);
  const learner = tried.at(-1)?.learner, own = tried.filter((e) => e.learner === learner);
  if (!own.length) return null;
  const bins = own[0].tried.map((_, i) => own.reduce((sum, e) => sum + (e.tried[i] ?? 0), 0));
  return { learner, bins, all: bins.reduce((a, b) => a + b, 0) };
}

const x = (share) => LEFT + (share / MOST) * (W - LEFT - RIGHT);

function drawing(state) {
  const tries = triesOf(state), best = bestRisk(state.eve), base = H - BOTTOM;
  const all = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": tries ? `${number(tries.all)} tries of ${tries.learner} by the share of labels that they get wrong` : "No tries yet" });
  const text = (at, y, words, anchor = "middle", kind = "ink") => all.append(svg("text", { x: at, y, "text-anchor": anchor, class: kind }, [words]));
  if (tries) {
    const most = Math.log10(1 + Math.max(...tries.bins)), n = tries.bins.length;
    tries.bins.forEach((count, i) => {
      if (!count || i / n >= MOST) return;
      const height = Math.max(3, ((base - TOP) * Math.log10(1 + count)) / most);
      all.append(svg("rect", { x: x(i / n) + 0.5, y: base - height, width: x(1 / n) - x(0) - 1, height, class: "eve" }, [svg("title", {}, [`${percent(i / n)} to ${percent((i + 1) / n)} wrong: ${number(count)} tries`])]));
    });
    text(LEFT - 6, TOP + 10, number(Math.max(...tries.bins)), "end", "small");
  }
  all.append(svg("path", { d: `M${LEFT} ${base}H${W - RIGHT}`, class: "axis" }));
  for (const share of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) text(x(share), base + 18, percent(share, 0), "middle", "small");
  text((LEFT + W - RIGHT) / 2, H - 4, "labels that a try gets wrong (heights are logarithmic)");
  const needle = (share, name, kind, anchor, y) => {
    all.append(svg("path", { d: `M${x(share)} ${y + 4}V${base}`, class: `needle ${kind}` }));
    text(x(share) + (anchor === "start" ? 5 : anchor === "end" ? -5 : 0), y, name, anchor, kind);
  };
  needle(0.5, "a coin", "coin", "middle", TOP - 6);
  if (state.risk !== null) needle(state.risk, `Alice ${percent(state.risk)}`, "alice", "start", TOP - 18);
  if (best) needle(best.risk, `Eve's best ${percent(best.risk)}`, "eve", best.risk < 0.3 ? "start" : "end", TOP + 8);
  return all;
}

let drawn = "";

export function renderTries(where, state) {
  const tries = triesOf(state), best = bestRisk(state.eve), key = JSON.stringify([tries, best, state.risk]);
  if (key === drawn && where.firstChild) return;
  drawn = key;
  where.replaceChildren(drawing(state));
  where.dataset.tries = tries?.all ?? 0;
}

// ---- to keep

// A whole file: what the style sheet says is written into it.
export function triesSvg(state) {
  const all = drawing(state), fills = { eve: "--eve", alice: "--alice", ink: "--ink", small: "--ink", coin: "--ink" };
  all.setAttribute("width", W);
  all.setAttribute("height", H);
  all.setAttribute("font-family", "sans-serif");
  all.setAttribute("font-size", "15");
  for (const e of all.querySelectorAll("*")) {
    const kind = (e.getAttribute("class") ?? "").split(" ").at(-1);
    if (e.localName === "path") { e.setAttribute("stroke", colour(fills[kind] ?? "--ink")); e.setAttribute("stroke-width", "2"); e.setAttribute("fill", "none"); }
    else if (fills[kind]) e.setAttribute("fill", colour(fills[kind]));
  }
  all.prepend(svg("rect", { width: W, height: H, fill: colour("--paper") }));
  return new XMLSerializer().serializeToString(all);
}

export function triesCsv(state) {
  const tries = triesOf(state);
  return ["share wrong from,to,tries", ...(tries ? tries.bins.map((count, i) => `${i / tries.bins.length},${(i + 1) / tries.bins.length},${count}`) : [])].join("\n") + "\n";
}
