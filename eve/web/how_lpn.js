// LPN: a composed picture, the plain ones of its recipe, and one dot that is left; labels that fold the same way; a code word
// whose dots settle; fresh pictures. All numbers are the C code's, asked of the worker.

import { element } from "./dom.js";
import { bitsOf, figure, grid, meter, noise, paragraph, shades, table, xor } from "./how_draw.js";
import { again, check, counted, dotsOf, predict, predictions, yes } from "./how_parts.js";
import { digitsOf } from "./how_words.js";
import { say, several } from "./tongue.js";
import { number, percent } from "./units.js";

const CHOICE = 12;
const settled = [null, "--settled", "--line", "--eve"]; // of a code bit: settled, unsettled, wrong

// ---- a picture and its recipe

// The first that is shown: one of whose labels some are lies.
async function first(run) {
  for (let j = 0; j < CHOICE && run.j === null; j++) {
    const p = await run.ask("piece", j, 0);
    if (p.lie || p.recipe.some((r) => r.lie)) run.j = j;
  }
  run.j ??= 0;
}

const piece = (run) => run.ask("piece", run.j, run.guess);
const picture = (run, hex, spoken, ink) => noise(bitsOf(hex, run.about.n), spoken, ink);

function choose(run) {
  return { chapter: "choose", async draw() {
    const all = await Promise.all(Array.from({ length: CHOICE }, (_, j) => run.ask("piece", j, 0)));
    const lead = element("div", { className: "row", children: all.map((p) => {
      const button = element("button", { className: "pick bit", children: [picture(run, p.picture, say`composed picture ${p.j + 1}, noise`), element("span", { text: String(p.j + 1) })], data: { j: p.j } });
      button.type = "button";
      button.setAttribute("aria-pressed", String(p.j === run.j));
      button.onclick = () => { run.j = p.j; run.guess = 0; run.redraw(); };
      return button;
    }) });
    const p = all[run.j];
    const rows = p.recipe.map((r) => number(r.i + 1, 7)).join(", ");
    return { lead: [lead],
      alice: [figure("sofar", picture(run, p.picture, say`composed picture ${p.j + 1}, noise`), say`composed picture ${p.j + 1}`, { j: p.j }), paragraph(say`Its caption: plain pictures ${rows}`, "big")],
      eve: [figure("sofar", picture(run, p.picture, say`composed picture ${p.j + 1}, noise`), say`the same picture ${p.j + 1}`), paragraph(say`No caption: a number of ${digitsOf(run.about.recipe_log10)} digits of possible ones`, "big")] };
  } };
}

// The composed picture and the plain ones, of which n have been added.
function strip(run, p, recipe, n, labels) {
  const one = (r, t, name) => {
    const added = t < n || labels, caption = [element("span", { text: name })];
    if (labels) caption.unshift(element("span", { className: "label", text: t < labels.n ? yes(r.label) : "?" }));
    const lie = labels?.revealed && r.lie;
    if (lie) caption.push(element("span", { text: say("a lie") }));
    const now = labels ? t === labels.n - 1 && !labels.revealed : t === n - 1 && t > 0;
    return element("figure", { className: `bit ${now ? "now" : added ? "" : "faint"}${lie ? " lie" : ""}`, children: [picture(run, r.picture, lie ? say`${name}, noise; its label is a lie` : say`${name}, noise`), element("figcaption", { children: caption })] });
  };
  const all = [p, ...recipe].map((r, t) => one(r, t, t ? number(r.i + 1, 7) : say`composed ${p.j + 1}`));
  return element("div", { className: `row${all.length > 9 ? " many" : ""}${labels ? " tall" : ""}`, children: all });
}

// n plain pictures have been added.
function cancel(run, n) {
  return { chapter: "cancel", async draw() {
    const p = await piece(run), w = run.about.w;
    const column = (who, recipe) => {
      const left = recipe.slice(0, n).reduce((sum, r) => xor(sum, bitsOf(r.picture, run.about.n)), bitsOf(p.picture, run.about.n));
      const dots = left.reduce((a, b) => a + b, 0), done = n === w;
      return [strip(run, p, recipe, n + 1),
        figure("sofar", noise(left, done ? dotsOf(dots) : say("noise"), done && who === "alice" ? "--alice" : "--ink"), n ? say`${n} of ${w} added` : say("nothing is added yet"), { dots }),
        paragraph(!done ? dotsOf(dots) : who === "alice" ? (p.j < 16 ? say`${dotsOf(dots)} left: place ${p.bit + 1}` : say`${dotsOf(dots)} left: row ${p.j + 1} of the public code`)
          : say`${dotsOf(dots)} left: noise`, "big")];
    };
    const eve = column("eve", p.eve.recipe);
    if (n === w) eve.push(paragraph(say`There is a number of ${digitsOf(run.about.recipe_log10)} digits of recipes`), again(run));
    return { alice: column("alice", p.recipe), eve };
  } };
}

function verdict(lies, dot) {
  if (lies % 2) return several(lies, "{0} lie: the sum is wrong; the dot is {1}|{0} lies: the sum is wrong; the dot is {1}", lies, dot);
  return lies ? say`${lies} lies: they cancel, the sum is right; the dot is ${dot}` : say`${lies} lies: the sum is right; the dot is ${dot}`;
}

// n labels have been added up; then it is said which were lies.
function labels(run, n, revealed) {
  return { chapter: "labels", async draw() {
    const p = await piece(run), w = run.about.w;
    const column = (who, recipe, end) => {
      const all = [p, ...recipe], folded = all.slice(0, n).reduce((sum, r) => sum ^ r.label, 0), lies = all.filter((r) => r.lie).length;
      const nodes = [strip(run, p, recipe, w, { n, revealed }), paragraph(n ? `${all.slice(0, n).map((r) => yes(r.label)).join(" + ")} = ${yes(folded)}` : say("The labels wait."), "big")];
      if (n <= w) return nodes;
      if (!revealed) nodes.push(paragraph(end));
      else if (who === "alice") nodes.push(paragraph(verdict(lies, yes(p.truth)), lies % 2 ? "big off" : "big right"));
      else nodes.push(paragraph(say("Right or wrong says nothing: it is the label of noise."), "big"));
      nodes[1].dataset.folded = folded;
      nodes[1].dataset.lies = lies;
      return nodes;
    };
    return { alice: column("alice", p.recipe, say("A bit of Bob's secret, if no label lied, or an even number of them.")), eve: column("eve", p.eve.recipe, say("The label of the noise that is left: a coin.")) };
  } };
}

function lies(run) {
  return { chapter: "labels", async draw() {
    const { plain, composed, left } = run.about;
    const row = (name, c, what) => [name, say`${number(c.wrong, 7)} of ${number(c.labels, 7)}`, percent(c.wrong / c.labels), `${percent(c.expected / c.labels)} (${what})`];
    const counted = table(["", say("wrong"), "", say("expected")], [row(say("plain labels"), plain, "\u03b8"), row(say("composed labels"), composed, "\u03b8"), row(say("sums by the captions"), left, "p")]);
    counted.id = "lies";
    return { alice: [counted, meter(left.wrong / left.labels, "alice", say`${percent(left.wrong / left.labels)} of the sums are wrong`), paragraph(say("A few lies become many; but far from half."), "big")],
      eve: [meter(0.5, "eve", say("a half of the sums is wrong")), paragraph(say("Of sums by guessed captions a half is wrong: coins."), "big")] };
  } };
}

// ---- what the learner believes

function code(run, b, who) {
  const k = run.about.k, is = bitsOf(b.ones, k), sure = bitsOf(b.sure, k), word = bitsOf(b.word, k);
  const values = is.map((bit, i) => (bit !== word[i] ? 3 : sure[i] ? 1 : 2));
  const spoken = say`Of ${number(k, 7)} sums ${number(b.wrong, 7)} wrong, ${number(b.unsettled, 7)} unsettled`;
  const canvas = grid(values, settled, spoken, 2 * columnsFor(k));
  return [figure("code", canvas, spoken, { who, wrong: b.wrong, unsettled: b.unsettled, iteration: b.iteration }),
    figure("secret", shades(b.secret, say("what is believed of each bit of the secret")), say`Bob's ${number(run.about.n, 7)} bits: full yes, empty no, faint unknown`)];
}

const columnsFor = (k) => Math.ceil(Math.sqrt(k * 3) / 2);

function beliefs(run, step) {
  return { chapter: "beliefs", async draw() {
    const [a, e] = await Promise.all([run.ask("belief", "alice", step), run.ask("belief", "eve", Math.min(step, run.about.eve.steps - 1))]);
    const head = (b) => paragraph(say`Pass ${b.iteration}: ${percent(b.wrong / run.about.k)} wrong`, "big");
    return { alice: [head(a), ...code(run, a, "alice")], eve: [head(e), ...code(run, e, "eve")] };
  } };
}

export async function lpn(run) {
  await first(run);
  const { w, alice, fresh } = run.about, stops = [choose(run)];
  for (let n = 0; n <= w; n++) stops.push(cancel(run, n));
  for (let n = 0; n <= w + 1; n++) stops.push(labels(run, n, false));
  stops.push(labels(run, w + 1, true), lies(run));
  for (let step = 0; step < alice.steps; step++) stops.push(beliefs(run, step));
  stops.push(check(run, (e) => code(run, e, "eve-last").slice(0, 1)));
  for (const n of predictions(fresh)) stops.push(predict(run, n, (f) => picture(run, f.picture, say`fresh picture ${n}, noise`)));
  stops.push(counted(run, say`${number(run.about.k, 7)} captions`, say`Of all ${number(run.about.k, 7)} pictures together:`));
  return stops;
}
