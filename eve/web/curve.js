// The laboratory's results, from the data files that it keeps. Measured and extrapolated are told apart.

import { Chart, save } from "./charts.js";
import { $, element, svg } from "./dom.js";
import { fixed, language, say, sayAll } from "./tongue.js";
import { brief, duration, power } from "./units.js";

const STATES = [ // in the order of eve lab window
  { sign: "none", text: say("nobody learns: no agreement"), fill: "var(--line)" },
  { sign: "eve", text: say("only Eve learns"), fill: "var(--warn)" },
  { sign: "window", text: say("Alice learns, Eve does not within her budget"), fill: "var(--good)" },
  { sign: "both", text: say("both learn: no secret"), fill: "var(--eve)" },
];

let wantedN = null, loaded = null;

export function nFromUrl(n) { wantedN = Number(n) || null; }

function source(result) {
  const m = result.manifest ?? {}, all = (name) => [...new Set((m.runs ?? []).map((run) => run[name]).filter(Boolean))].join(" + ");
  const parts = [`eve lab ${result.experiment}`, m.size, all("processor"), all("revision") && say`revision ${all("revision")}`, say`seed ${m.seed}`];
  const from = parts.filter(Boolean).join(", ") + (result.complete === false ? `; ${say("the run is not complete")}` : "");
  return result.live ? say`Just measured on this machine: ${from}.` : say`From a kept data file: ${from}.`;
}

// ---- the separation curve

const at = (values, name, n) => {
  const a = values[`${name}_log_a`], b = values[`${name}_b`];
  if (a === null || b === null || a === undefined) return null;
  return Math.exp(a + b * (name === "bimodal" ? Math.log(n) : Math.sqrt(n)));
};

// The mean of what was measured at this n, where anything was.
function measured(result, learner, n) {
  const row = result.tables.times.find((t) => t.learner === learner && t.n === n);
  return row && row.solved > 0 ? row.mean_seconds : null;
}

function showCosts(result, n) {
  const values = result.values;
  $("n-value").textContent = n;
  const cost = (title, learner, name) => {
    const seen = measured(result, learner, n), guess = at(values, name, n);
    return element("div", { className: "cost", data: { from: seen !== null ? "measured" : "extrapolated" }, children: [element("span", { text: title }), element("b", { text: duration(seen ?? guess, 1) }),
      element("span", { className: "how", text: seen !== null ? say("measured, mean, one core") : guess !== null ? say("extrapolated by the fit, one core") : say("no fit") })] });
  };
  const alice = measured(result, "bimodal", n) ?? at(values, "bimodal", n), eve = measured(result, "isd", n) ?? at(values, "eve", n);
  const times = eve / alice;
  const ratio = element("div", { className: "cost", children: [element("span", { text: say("Eve needs") }), element("b", { text: say`${times < 1e6 ? Math.round(times).toLocaleString(language) : power(Math.round(Math.log10(times)))} times` }), element("span", { className: "how", text: say("Alice's processor time") })] });
  $("costs").replaceChildren(cost(say("Alice, with recipes"), "bimodal", "bimodal"), cost(say("Eve's best, without"), "isd", "eve"), ratio);
}

let separation = null;

// What the window has left for the chart, so that all of it is seen at once: behind the first drawing what is around it has
// its height, which differs from language to language. A phone scrolls.
const chartHeight = () => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), { bottom, height } = $("separation").getBoundingClientRect();
  const around = innerWidth > innerHeight && separation?.plot && height ? bottom + scrollY + 0.3 * rem - separation.plot.height : 22.5 * rem;
  return Math.round(Math.max(220, Math.min(34 * rem, innerHeight - around)));
};

function showSeparation(result, moved) {
  const upTo = Math.max(...result.tables.sets.map((s) => s.n), 2048), steps = 16 * Math.log2(upTo / 64);
  const grid = Array.from({ length: steps + 1 }, (_, i) => 64 * 2 ** (i / 16)); // so dense that a fit is a curve
  const x = [...new Set([...grid, ...result.tables.times.map((t) => t.n)])].filter((n) => n <= upTo).sort((a, b) => a - b);
  const points = (learner) => x.map((n) => measured(result, learner, n));
  const line = (name, learner) => x.map((n) => at(result.values, name, n));
  separation ??= new Chart($("separation-chart"), { title: say("Time to learn, on one core"), xLabel: say("n, bits of the secret"), yLabel: say("time to learn"), logX: true, logY: true, height: chartHeight, format: brief, drawn: alignSlider });
  const others = [...new Set(result.tables.times.map((t) => t.learner))].filter((l) => l !== "bimodal" && l !== "isd" && result.tables.times.some((t) => t.learner === l && t.solved > 0));
  separation.set(x, [
    { label: say("Alice, measured"), values: points("bimodal"), colour: "--alice", points: true, line: false },
    { label: say("Alice, a power of n (extrapolated where no point is)"), values: line("bimodal"), colour: "--alice", dash: "dashed" },
    { label: say("Eve (isd), measured"), values: points("isd"), colour: "--eve", points: true, line: false },
    { label: say("Eve, exp(b \u221an) (extrapolated where no point is)"), values: line("eve"), colour: "--eve", dash: "dotted" },
    ...others.map((l) => ({ label: say`${l}, measured`, values: points(l), colour: "--quiet", points: true, line: false })),
  ]);
  $("separation-source").textContent = source(result);
  $("separation-svg").onclick = () => save(separation.svg(), "separation.svg", "image/svg+xml");
  $("separation-csv").onclick = () => save(separation.csv(), "separation.csv", "text/csv");
  const slider = $("n-slider");
  Object.assign(slider, { min: 6, max: Math.log2(upTo), step: 1 / 16 }); // of log2 n, as the axis has it
  slider.value = Math.log2(Math.min(Math.max(wantedN ?? 2048, 64), upTo));
  const show = () => {
    const n = 32 * Math.round(2 ** Number(slider.value) / 32);
    slider.setAttribute("aria-valuetext", `n = ${n}`);
    showCosts(result, n);
    separation.setMark(n);
    return n;
  };
  slider.oninput = () => moved(show());
  show();
}

// The slider lies under the axis, from its first n to its last, so that it points to its place on it.
function alignSlider(plot) {
  const { left, width } = plot.bbox, slider = $("n-slider"), thumb = 16; // the middle of the thumb is at the ends half a thumb inside
  slider.style.marginLeft = `${left / devicePixelRatio - thumb / 2}px`;
  slider.style.width = `${width / devicePixelRatio + thumb}px`;
}

// ---- the window: a map that needs no colours, each cell has its word's shape

function square(x, y, width, height, fill, children) {
  const rect = svg("rect", { x, y, width, height }, children);
  rect.style.fill = fill;
  return rect;
}

const W = 60, H = 30; // of a cell

// The sign of a state in the middle of the cell at x, y.
const SIGNS = {
  both: (x, y) => [svg("circle", { cx: x + W / 2, cy: y + H / 2, r: 7, fill: "none", stroke: "#fff", "stroke-width": 3 })],
  window: () => [],
  eve: (x, y) => [svg("path", { d: `M${x + 20} ${y + 6}l20 18m0-18l-20 18`, stroke: "#fff", "stroke-width": 3 })],
  none: (x, y) => [svg("path", { d: `M${x + 18} ${y + H / 2}h24`, stroke: "#333", "stroke-width": 3 })],
};

export function drawWindow(where, result) {
  const cells = result.tables.cells.filter((c) => c.rule === "fixed");
  const ns = [...new Set(cells.map((c) => c.n))].sort((a, b) => a - b), as = [...new Set(cells.map((c) => c.a))].sort((a, b) => b - a);
  const left = 150, top = 30, bottom = top + H * as.length;
  const width = Math.max(left + W * ns.length + 20, left + 420), height = bottom + H + 130;
  const all = svg("svg", { viewBox: `0 0 ${width} ${height}`, "font-size": 14, role: "img", "aria-label": say("Who learns, by n and noise rate") });
  all.style.width = `${1.4 * width}px`;
  const write = (x, y, text, anchor = "start") => all.append(svg("text", { x, y, "text-anchor": anchor, fill: "currentColor" }, [text]));
  for (const c of cells) {
    const x = left + W * ns.indexOf(c.n), y = top + H * as.indexOf(c.a), s = STATES[c.state];
    const title = svg("title", {}, [say`n = ${c.n}, noise rate ${c.theta.toPrecision(3)}: Alice ${c.learned} of ${c.sessions}, Eve ${c.eve_labels}`]);
    all.append(square(x, y, W - 2, H - 2, s.fill, [title]), ...SIGNS[s.sign](x, y));
  }
  as.forEach((a, i) => write(left - 8, top + H * i + 20, `a = ${a}${a === 0.5 ? " (1/\u221an)" : ""}`, "end"));
  ns.forEach((n, i) => write(left + W * i + W / 2, bottom + 20, n, "middle"));
  STATES.forEach((s, i) => {
    const y = bottom + 32 + 24 * i;
    all.append(square(left, y, 40, 20, s.fill, []), ...SIGNS[s.sign](left - 10, y - 5));
    write(left + 52, y + 16, s.text);
  });
  where.replaceChildren(all);
}

export function windowWords(result) {
  return `${say("Noise rate c/n\u1d43, from almost none at the top to constant at the bottom, against n.")} ${source(result)}`;
}

function showWindow(result) {
  drawWindow($("window-map"), result);
  $("window-source").textContent = windowWords(result);
}

// ---- agreement

// "3 of 1000", as the laboratory has it.
function count(text) {
  const [some, all] = text.split(" of ").map((n) => Number(n).toLocaleString(language));
  return say`${some} of ${all}`;
}

function showAgreement(result) {
  const heads = sayAll(["set", "bits", "Alice and Bob agree", "1 \u2212 \u03b8", "wrong after repetition", "after the hash", "keys equal", "Eve predicts", "99.9% interval"]);
  const table = document.createElement("table");
  table.append(document.createElement("thead"), document.createElement("tbody"));
  table.tHead.append(document.createElement("tr"));
  table.tHead.rows[0].append(...heads.map((text) => element("th", { text })));
  for (const row of result.tables.agreement) {
    const eve = result.tables.secrecy.find((s) => s.set === row.set) ?? {};
    const cells = [row.set, row.bits.toLocaleString(language), fixed(row.agreement, 5), fixed(row.promised, 5), ...[row.distilled_wrong, row.hashed_wrong, row.keys].map(count), eve.eve_right === undefined ? "\u2013" : fixed(eve.eve_right, 4), eve.eve_low !== undefined ? `${fixed(eve.eve_low, 4)}\u2013${fixed(eve.eve_high, 4)}` : "\u2013"];
    const tr = table.tBodies[0].insertRow();
    tr.append(...cells.map((text) => element("td", { text })));
  }
  $("agreement-table").replaceChildren(table);
  $("agreement-source").textContent = source(result);
}

// Drawn by the laboratory: the page asks for it as text, since its policy allows pictures of its own alone.
async function showSamples(result, moved, get) {
  const answer = await get("figures/statistical");
  if (!answer.ok) return false;
  $("samples-figure").src = `data:image/svg+xml,${encodeURIComponent(await answer.text())}`;
  $("samples-source").textContent = source(result);
}

// ---- one of them at a time, so that nothing scrolls

const RESULTS = [["separation", "hardness", say("Time to learn"), showSeparation], ["samples", "statistical", say("Samples or time"), showSamples], ["window", "window", say("The window of noise"), showWindow], ["agreement", "agreement", say("Bit agreement"), showAgreement]];

function choose(id) {
  for (const [other] of RESULTS) {
    $(other).hidden = other !== id;
    $(`show-${other}`)?.setAttribute("aria-selected", other === id);
  }
}

function tabOf(id, title) {
  const tab = element("button", { text: title });
  Object.assign(tab, { id: `show-${id}`, type: "button", onclick: () => choose(id) });
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", id);
  return tab;
}

export async function showResults(names, get, moved) {
  if (loaded) return;
  loaded = true;
  for (const [id, name, title, show] of RESULTS) {
    const answer = names.includes(name) ? await get(`results/${name}`) : null;
    if (!answer?.ok) continue;
    const first = !$("shown").firstChild;
    $("shown").append(tabOf(id, title));
    if (first) choose(id);
    if ((await show(await answer.json(), moved, get)) === false) $(`show-${id}`).remove();
  }
  $("no-results").hidden = !!$("shown").firstChild;
}
