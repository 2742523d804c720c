// The live view: three lanes, pictures, learners, and the moment of truth. Everything on it is in the state.

import { BETWEEN, BETWEEN_PINNED, QUESTIONS, STEPS, SCENARIOS, pictureWords, stepWords, titleOf, wireWords } from "./story.js";
import { hasBetween, stepsInOrder, verdictOf, duration, bytes } from "./state.js";
import { Chart } from "./charts.js";
import { drawWindow, windowWords } from "./curve.js";

const $ = (id) => document.getElementById(id);
const percent = (x) => `${(100 * x).toFixed(1)}%`;

function element(name, { text, className, children = [] } = {}) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  e.append(...children);
  return e;
}

function renderAbout(state) {
  const about = SCENARIOS[state.scenario?.name];
  $("about").hidden = !about;
  if (!about) return;
  $("about-title").textContent = `${titleOf(state.scenario.name, state.scenario.params)}: ${verdictOf(state).word}`;
  for (const part of ["goal", "question", "look"]) $(`about-${part}`).textContent = about[part];
}

// What the set is about, as the programs say it.
function renderTask(state) {
  $("task").hidden = !state.task || hasBetween(state);
  if ($("task").hidden) return;
  $("task-title").textContent = `The task of ${state.params}: ${state.task}${state.experimental ? ", experimental" : ""}`;
  $("task-rests").textContent = [
    state.rests && `Its secrecy rests on ${state.rests}: assumed, not proven.`,
    state.experimental && "Nobody outside has looked at it yet.",
    state.toy && `${state.params} is a toy: an eavesdropper finds its key ${state.toy}.`].filter(Boolean).join(" ");
  $("task-words").replaceChildren(...QUESTIONS.filter(([key]) => state.words?.[key]).flatMap(([key, question]) => [element("dt", { text: question }), element("dd", { text: state.words[key] })]));
}

// words: what to say of a step, or null. names: who is at the left and at the right.
function stepRows({ steps, last }, names, words) {
  return stepsInOrder(steps).map((step) => {
    const story = STEPS[step.name];
    const arrow = `${names[0]} ${story.from === "alice" ? "\u2192" : "\u2190"} ${names[1]}`;
    const numbers = step.done ? `${bytes(step.bytes)}, after ${duration(step.time)}` : "";
    const button = element("button", { children: [
      element("span", { className: "head", children: [element("span", { text: `${step.name} ${story.title}` }), element("span", { text: arrow }), element("span", { className: "numbers", text: numbers })] }),
      ...(words ? [element("span", { text: words(step.name) })] : [])] });
    button.type = "button";
    const row = element("li", { children: [button], className: (step.done ? "done " : "") + (last === step.name ? "last" : "") });
    row.dataset.from = story.from;
    row.dataset.step = step.name;
    return row;
  });
}

// With somebody in between there are two sessions, and she is at one end of each.
function renderSteps(state, level) {
  const between = hasBetween(state), bobs = state.bobs ?? { session: "", steps: {}, last: null };
  $("wire-words").textContent = between ? (state.scenario.name === "attacker-pinned" ? BETWEEN_PINNED : BETWEEN)[level] : wireWords(state.task, state.words, level);
  $("name-wire").textContent = between ? "Somebody in between" : "Eve, on the wire";
  for (const id of ["session-alice", "session-bob", "steps-bob"]) $(id).hidden = !between;
  $("session-alice").textContent = `Her session with Alice ${state.session ?? ""}`;
  $("session-bob").textContent = `Her session with Bob ${bobs.session}`;
  $("steps").replaceChildren(...stepRows(state, ["Alice", between ? "her" : "Bob"], between ? null : (name) => stepWords(name, state.task, state.words, level)));
  $("steps-bob").replaceChildren(...(between ? stepRows(bobs, ["her", "Bob"], null) : []));
}

// What a side tells about itself: only where its events are a source.
function renderOwn(state, side) {
  const own = state.sides[side], lines = [];
  if (own.learned) {
    lines.push(`${own.learned.accepted ? "learned" : "did not learn"} the secret: ${own.learned.disagreements} of ${own.learned.plain_labels} labels disagree`);
    for (const f of own.learned.figures ?? []) lines.push(`${f.what}: ${number(f.measured)} measured, ${number(f.expected)} expected`);
  }
  if (own.agreed?.noise !== undefined) lines.push(`noise of a masked label: ${number(own.agreed.noise)} measured on average, ${number(own.agreed.noise_expected)} expected`);
  else if (own.agreed?.agreement !== undefined) lines.push(`${percent(own.agreed.agreement)} of ${own.agreed.challenges} bits agree, ${percent(own.agreed.agreement_expected)} expected`);
  else if (own.agreed) lines.push(`masked ${own.agreed.distillate} bits ${own.agreed.repeat === 1 ? "once" : `${own.agreed.repeat} times`} each`);
  if (own.error) lines.push(own.error);
  if (own.closed) lines.push(`${own.closed.reason}, ${bytes(own.closed.bytes)} on the wire in ${duration(own.closed.seconds)}`);
  const all = lines.map((text) => element("p", { text }));
  if (lines.length) all.unshift(element("p", { children: [element("span", { className: "private", text: `private: from ${side}'s own events` })] }));
  $(`own-${side}`).replaceChildren(...all);
}

// ---- pictures

const bit = (data, i) => (data.charCodeAt(i >> 3) >> (i & 7)) & 1;

// From 0 to 1. An entry is a bit, or a byte: the high one of a number.
const shadeOf = (data, bits, i) => (bits === 8 ? data.charCodeAt(i) / 255 : bit(data, i));

function drawSamples(canvas, entries64, labels64, { rows, columns, entry_bits: bits = 1 }) {
  const entries = atob(entries64), labels = atob(labels64), cell = 4, gap = 3;
  canvas.width = (columns + gap + 2) * cell;
  canvas.height = rows * cell;
  const c = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  c.clearRect(0, 0, canvas.width, canvas.height);
  for (let r = 0; r < rows; r++) {
    const square = (shade, x, width, colour) => {
      c.globalAlpha = shade;
      c.fillStyle = style.getPropertyValue(colour);
      if (shade) c.fillRect(x * cell, r * cell, width * cell, cell);
    };
    for (let j = 0; j < columns; j++) square(shadeOf(entries, bits, r * columns + j), j, 1, "--ink");
    square(shadeOf(labels, bits, r), columns + gap, 2, "--bob");
  }
}

let drawnSamples = null;

function renderPictures(state) {
  const s = state.samples;
  $("sees").hidden = !s;
  if (!s || s.id === drawnSamples) return;
  drawnSamples = s.id;
  for (const kind of ["plain", "composed"]) {
    drawSamples($(kind), s[kind], s[`${kind}_labels`], s);
    $(`${kind}-words`).textContent = pictureWords(state.task)[kind];
  }
}

// ---- learners

let chart = null;
export const riskChart = () => chart;

function renderChart(state) {
  chart ??= new Chart($("risk-chart"), { title: "Risk of Eve's best hypothesis", xLabel: "seconds of each learner", yLabel: "risk", yRange: [0, 0.6] });
  const learning = state.eve.learning, judged = state.eve.judged.filter((j) => j.risk !== null);
  const times = [...learning.map((e) => e.wall_seconds), ...judged.map((e) => e.wall_seconds)];
  const x = [0, ...times, Math.max(1, ...times)];
  const column = (f, g) => [null, ...learning.map(f), ...judged.map(g), null];
  const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b]);
  const sorted = (values) => order.map((i) => values[i] ?? null);
  const flat = (v) => x.map(() => v);
  chart.set(sorted(x), [
    { label: "a coin", values: flat(0.5), colour: "--quiet", dash: "dashed" },
    { label: "Alice, with captions", values: flat(state.risk), colour: "--alice", dash: "dotted" },
    { label: "Eve, best of many on selection labels", values: sorted(column((e) => e.select_risk, () => null)), colour: "--eve" },
    { label: "interval, low", values: sorted(column((e) => e.select_risk_low, (j) => j.risk_low)), colour: "--eve", dash: "dotted", points: false },
    { label: "interval, high", values: sorted(column((e) => e.select_risk_high, (j) => j.risk_high)), colour: "--eve", dash: "dotted", points: false },
    { label: "Eve, judged once on test labels", values: sorted(column(() => null, (j) => j.risk)), colour: "--eve", points: true, line: false },
  ]);
}

function number(x, digits = 3) {
  return x === null || x === undefined ? "\u2013" : x >= 1e6 || (x && x < 1e-3) ? x.toExponential(digits - 1) : +x.toPrecision(digits);
}

function renderLearners(state) {
  const eve = state.eve;
  $("learners").hidden = !eve.attack && !eve.judged.length;
  $("eve").textContent = eve.on ? "Turn Eve off" : "Turn Eve on";
  $("eve").setAttribute("aria-pressed", eve.on);
  if ($("learners").hidden) return;
  const now = eve.learning[eve.learning.length - 1];
  $("learning-now").textContent = eve.verdict
    ? eve.verdict.key_recovered ? `Eve has the key: ${eve.verdict.key}` : "Eve has used her budget and has no key."
    : now ? `${now.learner}, ${now.phase}: ${number(now.tries)} tries, ${number(now.tries_per_second)} a second, expected time to success ${duration(now.expected_seconds)}` : "Eve begins.";
  $("judged").tBodies[0].replaceChildren(...eve.judged.map((j) => {
    const risk = j.risk === null ? "\u2013" : `${j.risk.toFixed(4)} (${j.risk_low.toFixed(4)}\u2013${j.risk_high.toFixed(4)}, ${j.test_labels} labels)`;
    const row = element("tr", { children: [j.name, j.reason ? `${j.status}: ${j.reason}` : j.status, risk, number(j.tries), number(j.tries_per_second), duration(j.wall_seconds), duration(j.expected_seconds)].map((text) => element("td", { text })) });
    row.dataset.learner = j.name;
    return row;
  }));
  renderChart(state);
}

// ---- the moment of truth

function chatLine({ side, text }) {
  return element("li", { children: [element("span", { className: `who ${side}`, text: side === "alice" ? "Alice" : "Bob" }), document.createTextNode(text)] });
}

function renderTruth(state) {
  $("truth").hidden = !state.sealed.length && !state.fingerprint.alice && !state.fingerprint.wire;
  for (const side of ["alice", "bob"]) {
    $(`fingerprint-${side}`).textContent = state.fingerprint[side] ?? "";
    $(`chat-${side}`).replaceChildren(...state.chat[side].map(chatLine));
  }
  $("name-eve").textContent = hasBetween(state) ? "Somebody in between" : "Eve";
  $("fingerprint-eve").textContent = "";
  if (state.chat.between.length) $("chat-eve").replaceChildren(...state.chat.between.map(chatLine));
  else if (state.eve.read) $("chat-eve").replaceChildren(...state.eve.read.lines.map(chatLine));
  else $("chat-eve").replaceChildren(...state.sealed.map((e) => {
    const line = element("li", { className: "sealed", text: `${e.side}, ${e.bytes} bytes: ${e.hex}` });
    return line;
  }));
}

function renderSource(state, server) {
  const from = [];
  if (state.onWire) from.push(`session ${state.session}, set ${state.params}${state.numbers ? `: ${state.numbers}` : ""}`);
  if (state.scenario) from.push(`scenario ${state.scenario.name}${state.scenario.seed ? `, seed ${state.scenario.seed}` : ", random seed"}: ${state.scenario.name === "too-much-noise" ? "eve lab runs" : "alice, bob and eve run"} on this machine`);
  else if (server?.sources.length) from.push(`from ${server.sources.map((s) => s.name).join(", ")}`);
  if (state.onWire && !state.authenticated) from.push("the peers are unauthenticated");
  $("where-from").textContent = from.join("; ");
  $("notes").textContent = state.notes.join("\n");
}

function renderResult(state) {
  $("result").hidden = !state.result;
  $("lanes").hidden = !!state.scenario && state.scenario.name === "too-much-noise";
  if (!state.result) return;
  const result = { ...state.result, live: true };
  drawWindow($("result-map"), result);
  $("result-words").textContent = windowWords(result);
}

export function renderLive(state, level, server) {
  const verdict = verdictOf(state);
  $("pill").textContent = verdict.word;
  $("pill").dataset.kind = verdict.kind;
  $("wrong").textContent = state.refused.join("\n");
  renderAbout(state);
  renderTask(state);
  renderSteps(state, level);
  renderOwn(state, "alice");
  renderOwn(state, "bob");
  renderPictures(state);
  renderLearners(state);
  renderTruth(state);
  renderResult(state);
  renderSource(state, server);
}
