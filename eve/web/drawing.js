// A chart as a file: an SVG that is whole in itself, with units on both axes and all names inside the picture.

import { colour, svg } from "./dom.js";
import { power } from "./units.js";

export const DASHES = { solid: [], dashed: [10, 6], dotted: [2, 5] };

const W = 900, LEFT = 110, RIGHT = 30, TOP = 44, PLOT = 380, ROW = 24;

// From the least to the greatest of the values, and where one lies between 0 and 1.
function scale(values, log, whole) {
  const t = log === 10 ? Math.log10 : log === 2 ? Math.log2 : (v) => v;
  let from = Math.min(...values.map(t)), to = Math.max(...values.map(t));
  if (whole) [from, to] = [Math.floor(from), Math.ceil(to)];
  if (from === to) to = from + 1;
  const steps = whole ? Math.max(1, Math.ceil((to - from) / 10)) : (to - from) / 5, ticks = [];
  for (let at = from; at <= to + 1e-9; at += steps) ticks.push(at);
  return { place: (v) => (t(v) - from) / (to - from), ticks: ticks.map((at) => ({ at: (at - from) / (to - from), value: log ? log ** at : at })) };
}

export function drawingOf({ title, xLabel, yLabel, x, series, logX, logY, yRange, format }) {
  const good = (v) => v !== null && v !== undefined && isFinite(v) && (!logY || v > 0);
  const xs = scale(x, logX ? 2 : 0, logX), ys = scale(yRange ?? series.flatMap((s) => s.values).filter(good), logY ? 10 : 0, logY);
  const px = (v) => LEFT + xs.place(v) * (W - LEFT - RIGHT), py = (v) => TOP + PLOT - ys.place(v) * PLOT, height = TOP + PLOT + 70 + ROW * series.length;
  const text = (at, y, words, more = {}) => svg("text", { x: at.toFixed(1), y: y.toFixed(1), fill: "#000", ...more }, [String(words)]);
  const all = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${W} ${height}`, width: W, height, "font-family": "sans-serif", "font-size": 15 },
    [svg("rect", { width: W, height, fill: "#fff" }), text(LEFT, 26, title ?? "", { "font-weight": "bold" })]);
  for (const { at, value } of ys.ticks) {
    const y = TOP + PLOT - at * PLOT;
    all.append(svg("path", { d: `M${LEFT} ${y.toFixed(1)}H${W - RIGHT}`, stroke: "#ccc", fill: "none" }), text(LEFT - 8, y + 5, format?.(value) ?? (logY ? power(Math.log10(value)) : +value.toPrecision(3)), { "text-anchor": "end" }));
  }
  for (const { at, value } of xs.ticks) all.append(text(LEFT + at * (W - LEFT - RIGHT), TOP + PLOT + 20, +value.toPrecision(4), { "text-anchor": "middle" }));
  all.append(svg("path", { d: `M${LEFT} ${TOP}V${TOP + PLOT}H${W - RIGHT}`, fill: "none", stroke: "#000", "stroke-width": 2 }),
    text((LEFT + W - RIGHT) / 2, TOP + PLOT + 44, xLabel, { "text-anchor": "middle" }),
    svg("text", { transform: `translate(18 ${TOP + PLOT / 2}) rotate(-90)`, "text-anchor": "middle", fill: "#000" }, [yLabel]));
  series.forEach((s, k) => {
    const stroke = colour(s.colour), dash = DASHES[s.dash ?? "solid"].join(" "), y = TOP + PLOT + 70 + ROW * k;
    const points = x.map((v, i) => [v, s.values[i]]).filter(([, v]) => good(v));
    if (s.line !== false) all.append(svg("polyline", { fill: "none", stroke, "stroke-width": 3, "stroke-dasharray": dash, points: points.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join(" ") }));
    if (s.points) points.forEach(([a, b]) => all.append(svg("circle", { cx: px(a).toFixed(1), cy: py(b).toFixed(1), r: 5, fill: stroke })));
    all.append(s.line === false ? svg("circle", { cx: LEFT + 20, cy: y - 5, r: 5, fill: stroke }) : svg("path", { d: `M${LEFT} ${y - 5}h40`, stroke, "stroke-width": 3, "stroke-dasharray": dash }), text(LEFT + 52, y, s.label));
  });
  return new XMLSerializer().serializeToString(all);
}
