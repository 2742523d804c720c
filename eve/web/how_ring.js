// The ring task: a picture is a ring of dots. The composed ring is a sum of rotations of the plain one and a few dots; the
// caption says which rotations and which dots.

import { colour, element } from "./dom.js";
import { bitsOf, figure, meter, ones, paragraph, table, xor } from "./how_draw.js";
import { again, check, counted, dotsOf, predict, predictions } from "./how_parts.js";
import { digitsOf } from "./how_words.js";
import { say } from "./tongue.js";
import { number, percent } from "./units.js";

const SIZE = 480;
const rotated = (bits, t) => bits.map((_, i) => bits[(i - t + bits.length) % bits.length]);

// layers: [bits, name of a colour], the later ones on top. mark: a place that is pointed to from inside.
function ring(layers, spoken, mark) {
  const canvas = element("canvas"), c = canvas.getContext("2d"), middle = SIZE / 2;
  canvas.width = canvas.height = SIZE;
  canvas.className = "smooth";
  const place = (i, n) => (2 * Math.PI * i) / n - Math.PI / 2;
  for (const [bits, name] of layers) {
    const n = bits.length, width = ones(bits) < n / 8 ? Math.max((2 * Math.PI) / n, 0.025) : ((2 * Math.PI) / n) * 0.9; // a few must be seen, too
    c.strokeStyle = colour(name);
    c.lineWidth = SIZE * 0.16;
    for (let i = 0; i < n; i++) {
      if (!bits[i]) continue;
      c.beginPath();
      c.arc(middle, middle, SIZE * 0.41, place(i, n), place(i, n) + width);
      c.stroke();
    }
    if (mark !== undefined) {
      const a = place(mark + 0.5, n);
      c.lineWidth = 8;
      c.strokeStyle = colour("--ink");
      c.beginPath();
      c.moveTo(middle, middle);
      c.lineTo(middle + SIZE * 0.32 * Math.cos(a), middle + SIZE * 0.32 * Math.sin(a));
      c.stroke();
    }
  }
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", spoken);
  return canvas;
}

const bits = (run, hex) => bitsOf(hex, run.about.n);
const piece = (run) => run.ask("piece", 0, run.guess);

function choose(run) {
  return { chapter: "choose", async draw() {
    const p = await piece(run), pair = (who) => element("div", { className: "row", children: [
      figure("sofar", ring([[bits(run, p.plain), "--ink"]], say("the plain ring, noise")), say("the plain ring")),
      figure("sofar", ring([[bits(run, p.picture), "--ink"]], say("the composed ring, noise")), who === "alice" ? say("the composed ring") : say("the same ring"))] });
    const list = (places) => places.map((t) => t + 1).join(", ");
    return { alice: [pair("alice"), paragraph(say`Her caption: turned by ${list(p.y)}; and ${run.about.w} dots`, "big")],
      eve: [pair("eve"), paragraph(say`No caption: a number of ${digitsOf(run.about.recipe_log10)} digits of possible ones`, "big")] };
  } };
}

// n rotations have been added.
function cancel(run, n) {
  return { chapter: "cancel", async draw() {
    const p = await piece(run), w = run.about.w, plain = bits(run, p.plain);
    const column = (who, y) => {
      const left = y.slice(0, n).reduce((sum, t) => xor(sum, rotated(plain, t)), bits(run, p.picture)), dots = ones(left), done = n === w;
      const row = element("div", { className: "row many", children: y.map((t, k) =>
        figure(`bit ${k === n - 1 ? "now" : k < n ? "" : "faint"}`, ring([[rotated(plain, t), "--ink"]], k < n ? say`the plain ring, turned by ${t + 1}, added` : say`the plain ring, turned by ${t + 1}`, t), String(t + 1))) });
      return [row, figure("sofar", ring([[left, done && who === "alice" ? "--alice" : "--ink"]], done ? dotsOf(dots) : say("noise")), n ? say`${n} of ${w} rotations added` : say("nothing is added yet"), { dots }),
        paragraph(!done ? dotsOf(dots) : who === "alice" ? say`${dotsOf(dots)} left: those of the caption` : say`${dotsOf(dots)} left: noise`, "big")];
    };
    const eve = column("eve", p.eve.y);
    if (n === w) eve.push(again(run));
    return { alice: column("alice", p.y), eve };
  } };
}

function spokenLabel(composed, lies) {
  if (lies) return composed ? say`Bob's label of the composed ring, ${lies} lies marked` : say`Bob's label of the plain ring, ${lies} lies marked`;
  return composed ? say("Bob's label of the composed ring") : say("Bob's label of the plain ring");
}

// 0: the labels; 1: folded; 2: which of them are lies; 3: counted.
function labels(run, n) {
  return { chapter: "labels", async draw() {
    const p = await piece(run), a = run.about, z = [bits(run, p.plain_label), bits(run, p.label)], e = [bits(run, p.plain_lies), bits(run, p.lies)];
    const share = (k) => percent(k / a.n);
    const column = (who, label_left, count) => {
      const two = element("div", { className: "row", children: z.map((bit, i) => figure(`sofar${n === 2 ? " lies" : ""}`, ring(n === 2 ? [[bit, "--line"], [e[i], "--eve"]] : [[bit, "--ink"]], spokenLabel(i, n === 2 ? a.w_e : 0)),
        n === 2 ? say`${ones(e[i])} lies among ${a.n} dots` : i ? say("label of the composed ring") : say("label of the plain ring"))) });
      if (n === 0 || n === 2) return [two, paragraph(n === 2 ? say("Only Bob knows where they are.") : say("A label is a ring, too."), "big")];
      const ringLeft = figure("sofar", ring([[bits(run, label_left), "--ink"]], dotsOf(count)), say`the plain label, turned in the same ways, added: ${dotsOf(count)}`, { folded: count });
      return [ringLeft, paragraph(who === "alice" ? say`${share(count)} dots: not noise any more` : say`${share(count)} dots: a coin`, "big")];
    };
    if (n === 3) {
      const counted = table(["", say("dots"), "", say("expected")], [[say("lies in a label"), say`${a.w_e} of ${a.n}`, share(a.w_e), share(a.w_e)], [say("Alice's sum"), say`${p.ones} of ${a.n}`, share(p.ones), percent(a.p)], [say("Eve's sum"), say`${p.eve.ones} of ${a.n}`, share(p.eve.ones), percent(0.5)]]);
      counted.id = "lies";
      return { alice: [counted, meter(p.ones / a.n, "alice", say`${share(p.ones)} dots`), paragraph(say`${a.w_s} dots of Bob's secret and ${2 * a.w_e} lies make all of it.`, "big")],
        eve: [meter(p.eve.ones / a.n, "eve", say`${share(p.eve.ones)} dots`), paragraph(say("By guessed rotations nothing cancels."), "big")] };
    }
    return { alice: column("alice", p.label_left, p.ones), eve: column("eve", p.eve.label_left, p.eve.ones) };
  } };
}

const settledBits = (run, b) => {
  const found = bits(run, b.s), truth = bits(run, run.about.secret), is = (test) => found.map((bit, i) => Number(test(bit, truth[i])));
  return [[is((f, t) => !f && t), "--line"], [is((f, t) => f && t), "--alice"], [is((f, t) => f && !t), "--eve"]];
};

function inside(run, b, who) {
  return [element("div", { className: "row", children: [
    figure("sofar code", ring([[bits(run, b.residue), "--ink"]], say`${number(b.misfits)} equations that do not fit`), say`${number(b.misfits)} equations that do not fit`, { who, misfits: b.misfits, wrong: b.wrong, iteration: b.iteration }),
    figure("sofar secret", ring(settledBits(run, b), say`of Bob's secret; ${b.wrong} bits wrong or missing`), say("Bob's dots: found blue, missing grey, false orange"))] })];
}

function beliefs(run, step) {
  return { chapter: "beliefs", async draw() {
    const [a, e] = await Promise.all([run.ask("belief", "alice", step), run.ask("belief", "eve", Math.min(step, run.about.eve.steps - 1))]);
    const head = (b) => paragraph(say`Turn ${b.iteration}: ${number(b.wrong)} bits wrong or missing`, "big");
    return { alice: [head(a), ...inside(run, a, "alice")], eve: [head(e), ...inside(run, e, "eve")] };
  } };
}

export async function ringStops(run) {
  const { w, alice, fresh } = run.about, stops = [choose(run)];
  for (let n = 0; n <= w; n++) stops.push(cancel(run, n));
  for (let n = 0; n <= 3; n++) stops.push(labels(run, n));
  for (let step = 0; step < alice.steps; step++) stops.push(beliefs(run, step));
  stops.push(check(run));
  for (const n of predictions(fresh)) stops.push(predict(run, n, (f) => ring([[bits(run, f.picture), "--ink"]], say`fresh ring, noise; dot ${f.place + 1} is asked for`, f.place)));
  stops.push(counted(run, say`${w} rotations and ${w} dots`));
  return stops;
}
