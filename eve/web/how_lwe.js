// LWE: a picture is a row of clocks, each with one hand. By the caption the hands of the plain pictures are turned back, until
// all stand at the top but one, which shows a fifth of the circle. Labels turn with them, each a little off.

import { colour, element } from "./dom.js";
import { figure, meter, paragraph, table } from "./how_draw.js";
import { counted, predictions, three } from "./how_parts.js";
import { digitsOf } from "./how_words.js";
import { say, several } from "./tongue.js";
import { number, percent } from "./units.js";

const CHOICE = 8, SIZE = 420;
const signed = (v, q) => (v >= q / 2 ? v - q : v);

// The numbers of a hex string, two bytes each, the low one first.
const numbersOf = (hex, n) => Array.from({ length: n }, (_, i) => parseInt(hex.substr(4 * i + 2, 2) + hex.substr(4 * i, 2), 16));

function hand(c, x, y, radius, v, q, name, width) {
  const a = (2 * Math.PI * v) / q - Math.PI / 2;
  c.strokeStyle = colour(name);
  c.lineWidth = width;
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(x + radius * Math.cos(a), y + radius * Math.sin(a));
  c.stroke();
}

function spoken(canvas, words) {
  canvas.className = "smooth";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words);
  return canvas;
}

// A clock for each number; what stands at the top is faint.
function clocks(values, q, words) {
  const canvas = element("canvas"), columns = Math.ceil(Math.sqrt(values.length * 2)), cell = 44, c = canvas.getContext("2d");
  canvas.width = columns * cell;
  canvas.height = Math.ceil(values.length / columns) * cell;
  values.forEach((v, i) => {
    const x = ((i % columns) + 0.5) * cell, y = (Math.floor(i / columns) + 0.5) * cell;
    c.strokeStyle = colour("--line");
    c.lineWidth = 2;
    c.beginPath();
    c.arc(x, y, cell * 0.42, 0, 2 * Math.PI);
    c.stroke();
    hand(c, x, y, cell * 0.4, v, q, v ? "--ink" : "--line", v ? 4 : 2);
  });
  return spoken(canvas, words);
}

// One clock: hands as [value, colour]; fifths: with a mark at each multiple of D.
function clock(hands, { q, distance }, words, fifths = true) {
  const canvas = element("canvas"), c = canvas.getContext("2d"), middle = SIZE / 2;
  canvas.width = canvas.height = SIZE;
  c.strokeStyle = colour("--line");
  c.lineWidth = 3;
  c.beginPath();
  c.arc(middle, middle, SIZE * 0.4, 0, 2 * Math.PI);
  c.stroke();
  c.font = `${SIZE / 14}px sans-serif`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  if (fifths)
    for (let level = -2; level <= 2; level++) {
      const a = (2 * Math.PI * level * distance) / q - Math.PI / 2;
      c.fillStyle = colour("--ink");
      c.fillText(String(level), middle + SIZE * 0.455 * Math.cos(a), middle + SIZE * 0.455 * Math.sin(a));
    }
  for (const [v, name, width] of hands) hand(c, middle, middle, SIZE * 0.39, v, q, name, width ?? 3);
  return spoken(canvas, words);
}

const picture = (run, hex, words) => clocks(numbersOf(hex, run.about.n), run.about.q, words);
const piece = (run) => run.ask("piece", run.j, 0);

function choose(run) {
  return { chapter: "choose", async draw() {
    const all = await Promise.all(Array.from({ length: CHOICE }, (_, j) => run.ask("piece", j, 0))), p = all[run.j];
    const lead = element("div", { className: "row", children: all.map((one) => {
      const button = element("button", { className: "pick bit", children: [picture(run, one.picture, say`composed picture ${one.j + 1}, noise`), element("span", { text: String(one.j + 1) })], data: { j: one.j } });
      button.type = "button";
      button.setAttribute("aria-pressed", String(one.j === run.j));
      button.onclick = () => { run.j = one.j; run.redraw(); };
      return button;
    }) });
    const mine = () => figure("sofar", picture(run, p.picture, say`composed picture ${p.j + 1}, noise`), say`composed picture ${p.j + 1}: ${run.about.n} clocks`, { j: p.j });
    return { lead: [lead], alice: [mine(), paragraph(say`Its caption names ${number(p.folds.at(-1).n)} plain pictures`, "big")],
      eve: [mine(), paragraph(say`No caption: a number of ${digitsOf(run.about.recipe_log10)} digits of possible ones`, "big")] };
  } };
}

// The first plain pictures of a recipe, of which there are hundreds; n have been dealt with.
function strip(run, recipe, n) {
  return element("div", { className: "row many", children: recipe.map((r, t) =>
    figure(`bit ${t < n ? "" : "faint"}`, picture(run, r.picture, say`plain picture ${r.i + 1}, noise`), r.sign > 0 ? say`take away ${number(r.i + 1, 6)}` : say`add ${number(r.i + 1, 6)}`)) });
}

function cancel(run, step) {
  return { chapter: "cancel", async draw() {
    const p = await piece(run), last = p.folds.length - 1;
    const column = (who, side) => {
      const fold = side.folds[Math.min(step, side.folds.length - 1)], all = side.folds.at(-1).n, turned = numbersOf(fold.left, run.about.n).filter((v) => v).length;
      const done = step === last;
      return [strip(run, side.recipe, fold.n), figure("sofar", picture(run, fold.left, done && who === "alice" ? say`all at the top but clock ${p.j + 1}` : say("noise")), say`${number(fold.n)} of ${number(all)} pictures of the caption`, { n: fold.n, turned }),
        paragraph(!done ? several(turned, "{0} clock is turned|{0} clocks are turned") : turned === 1 ? say`one clock left: number ${p.j + 1} shows a fifth` : say`${turned} clocks are turned: noise`, "big")];
    };
    return { alice: column("alice", p), eve: column("eve", p.eve) };
  } };
}

function labels(run, step) {
  return { chapter: "labels", async draw() {
    const p = await piece(run), a = run.about, last = p.folds.length - 1;
    const column = (who, side) => {
      const fold = side.folds[Math.min(step, side.folds.length - 1)], told = step > last, off = signed((fold.label - a.distance * side.level + 2 * a.q) % a.q, a.q);
      const nodes = [figure("sofar", clock([[fold.label, `--${who}`, 6]], a, say`the label: ${fold.label} of ${a.q}`), say`label ${number(fold.label, 5)} of ${number(a.q, 5)}, after ${number(fold.n)} of ${number(side.folds.at(-1).n)}`, { label: fold.label })];
      if (!told) nodes.push(paragraph(step < last ? say("The hand still stands anywhere.") : who === "alice" ? say("Where does it point?") : say("It points anywhere."), "big"));
      else if (who === "alice") nodes.push(paragraph(say`${side.level}, but for ${number(Math.abs(off), 5)}: so much all errors add up to`, "big"));
      else nodes.push(paragraph(say`Nearest to ${side.level}, and off by ${number(Math.abs(off), 5)}: a coin with five sides`, "big"));
      return nodes;
    };
    return { alice: column("alice", p), eve: column("eve", p.eve) };
  } };
}

function errors(run) {
  return { chapter: "labels", async draw() {
    const a = run.about, row = (name, measured, expected) => [name, number(measured, 4), number(expected, 4)];
    const counted = table([say("mean error"), say("measured"), say("expected")], [row(say("of one label"), a.label_error, a.label_error_expected), row(say("of Alice's sums"), a.alice.error, a.left_error_expected), row(say("of Eve's sums"), a.eve.error, a.distance / 4)]);
    counted.id = "lies";
    return { alice: [counted, paragraph(say`From mark to mark it is ${number(a.distance, 5)}: the hands keep far from the middle.`, "big")],
      eve: [paragraph(say("By guessed captions the hands stand anywhere between two marks."), "big")] };
  } };
}

// All of v on one clock, the first `shown` hands; rounded: the marks that they are nearest to.
function beliefs(run, shown, rounded) {
  return { chapter: "beliefs", async draw() {
    const a = run.about, both = await Promise.all(["alice", "eve"].map((who) => run.ask("belief", who, 0)));
    const column = (who, b) => {
      const hands = b.v.slice(0, shown).map((v) => [v, `--${who}`, 2]);
      const nodes = [figure("sofar code", clock(hands, a, who === "alice" ? say`${shown} hands, each near a mark` : say`${shown} hands, anywhere`), say`${number(shown)} of ${number(a.n)} sums`, { who, shown })];
      nodes.push(element("p", { className: "big", text: rounded ? say`${number(b.wrong)} of ${number(a.n)} numbers wrong` : who === "alice" ? say("Each hand near a mark") : say("Hands everywhere"), data: rounded ? { wrong: b.wrong } : {} }));
      if (rounded) nodes.push(paragraph(say`Read off: ${b.levels.slice(0, 16).join(" ") + (a.n > 16 ? " \u2026" : "")}`));
      return nodes;
    };
    return { alice: column("alice", both[0]), eve: column("eve", both[1]) };
  } };
}

function check(run) {
  return { chapter: "beliefs", async draw() {
    const { alice, eve, checked, eta } = run.about;
    const verdict = (d, who) => [paragraph(say`${number(d.disagreements, 7)} of ${number(checked, 7)} labels are off by more than ${number(eta, 6)}`, "big"), meter(d.disagreements / checked, who, say`${percent(d.disagreements / checked)} too far off`),
      paragraph(d.accepted ? say("No label of an honest Bob can be: she has it.") : say("None may be: this is no secret of Bob's."), d.accepted ? "right" : "off")];
    return { alice: verdict(alice, "alice"), eve: verdict(eve, "eve") };
  } };
}

function predict(run, n) {
  return { chapter: "predict", async draw() {
    const f = await run.ask("fresh", n - 1), a = run.about;
    const column = (who, name) => [three([[say`${name} says`, number(f[who], 5)], [say("Bob says"), number(f.bob, 5)], [say("apart"), number(f[`${who}_off`], 5), f[`${who}_off`] < a.q / 4 ? "right" : "off"]]),
      figure("secret", clock([[f.bob, "--bob", 8], [f[who], `--${who}`, 4]], a, say`Bob's hand at ${f.bob}, ${name}'s at ${f[who]}`, false)),
      element("p", { className: "big", text: say`${number(f[`${who}_right`], 7)} of ${number(n, 7)} within a quarter: ${percent(f[`${who}_right`] / n)}`, data: { right: f[`${who}_right`], n } }),
      meter(f[`${who}_right`] / n, who, say`${percent(f[`${who}_right`] / n)} near`)];
    return { lead: [element("div", { className: "row", children: [figure("bit now", picture(run, f.picture, say`fresh picture ${n}, noise`), say`fresh picture ${number(n, 7)}, which has no caption`)] })], alice: column("alice", "Alice"), eve: column("eve", "Eve") };
  } };
}

export async function lweStops(run) {
  run.j = 0;
  const { n, fresh } = run.about, steps = (await piece(run)).folds.length, stops = [choose(run)];
  for (let step = 0; step < steps; step++) stops.push(cancel(run, step));
  for (let step = 0; step <= steps; step++) stops.push(labels(run, step));
  stops.push(errors(run));
  for (const shown of [1, 8, n]) stops.push(beliefs(run, shown, false));
  stops.push(beliefs(run, n, true), check(run));
  for (const k of predictions(fresh)) stops.push(predict(run, k));
  stops.push(counted(run, say`${number(n)} captions`, say`Of all ${number(n)} pictures together:`));
  return stops;
}
