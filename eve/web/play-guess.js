// A guess before each reveal: how long will Eve need? Everybody's guess, on the phones or told to the lecturer; then what
// is known, and the race of two bars.

import { button, element, svg } from "./dom.js";
import { LIVE, PATIENT, race } from "./race.js";
import { get } from "./server.js";
import { heard, say, several } from "./tongue.js";
import { guessPower, guessSeconds, guessWords } from "./play-words.js";
import { duration } from "./units.js";

const SETS = ["n256", "n384", "n512", "n1024", "n2048"];

// How many guessed what, and where the truth is.
function histogram(counts, truth) {
  const W = 640, H = 246, LEFT = 10, BOTTOM = 50, TOP = 46, n = counts.length, step = (W - 2 * LEFT) / n, most = Math.max(1, ...counts);
  const all = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": say("how many guessed which time") });
  counts.forEach((count, i) => {
    const height = ((H - BOTTOM - TOP) * count) / most, x = LEFT + i * step;
    if (!count) return;
    all.append(svg("rect", { x: x + 1, y: H - BOTTOM - height, width: step - 2, height, class: "guessed" }, [svg("title", {}, [`${guessWords(i)}: ${count}`])]),
      svg("text", { x: x + step / 2, y: H - BOTTOM - height - 4, "text-anchor": "middle", class: "small" }, [String(count)]));
  });
  all.append(svg("path", { d: `M${LEFT} ${H - BOTTOM}H${W - LEFT}`, class: "axis" }));
  for (let i = 1; i < n; i += 4) { // in two lines: long ones would run into each other
    const at = LEFT + (i + 0.5) * step, words = guessWords(i).split(" ");
    [words.slice(0, -1).join(" "), words.at(-1)].forEach((line, k) => all.append(svg("text", { x: at, y: H - BOTTOM + 17 + 16 * k, "text-anchor": "middle", class: "small" }, [line])));
  }
  if (truth !== null) {
    const x = LEFT + Math.min(n, Math.max(0, Math.log10(truth) + 1.5)) * step;
    all.append(svg("path", { d: `M${x} ${TOP - 22}V${H - BOTTOM}`, class: "needle eve" }), svg("text", { x: Math.min(W - 70, Math.max(70, x)), y: 16, "text-anchor": "middle", class: "ink" }, [`Eve: ${duration(truth)}`]));
  }
  return all;
}

// The middle guess.
function middleOf(counts) {
  const all = counts.reduce((a, b) => a + b, 0);
  let seen = 0;
  return counts.findIndex((count) => (seen += count) * 2 >= all && all > 0);
}

// The laboratory's table of sets, where it has one.
async function kept() {
  const { results } = await (await get("state")).json();
  return results.includes("hardness") ? (await (await get("results/hardness")).json()).tables.sets : [];
}

// Eve's time at a set, from its row in the laboratory's table, beside what was guessed.
function tellWhy(counts, truth) {
  const middle = middleOf(counts), guessed = middle < 0 ? "" : `${say`The middle guess is ${duration(guessSeconds(middle))}.`} `;
  if (!truth) return `${guessed}${say("The laboratory has no results here: eve lab hardness makes them.")}`;
  const range = truth.eve_low ? ` ${say`(95% interval ${duration(truth.eve_low)} to ${duration(truth.eve_high)})`}` : "";
  const from = truth.eve_from === "measured" ? say("the mean of what the laboratory has measured") : PATIENT.includes(truth.set) ? say("by a fit to what was measured at smaller n: a single run takes less or more, this machine can try") : say("by a fit to what was measured at smaller n: nobody has waited for it");
  return `${guessed}${say`Eve needs ${duration(truth.eve_seconds)} on one core${range}, ${from}. Alice learns in ${duration(truth.bimodal_seconds)}.`}`;
}

// ---- what the lecturer works with

function setChoice(chosen, choose) {
  const set = element("select", { children: SETS.map((name) => new Option(name, name)) });
  set.setAttribute("aria-label", say("the set"));
  set.value = chosen;
  set.onchange = () => choose(set.value);
  return set;
}

// The lecturer's own guess, or one that was called out: `note` counts it as one more hand.
function guessInput(page) {
  const slider = element("input"), words = element("output", { className: "big" });
  Object.assign(slider, { type: "range", min: 0, max: 19, step: 1, value: 3 });
  slider.setAttribute("aria-label", say("how long Eve will need"));
  const show = () => {
    words.textContent = `${guessWords(slider.value)}, ${guessPower(slider.value)}`;
    slider.setAttribute("aria-valuetext", guessWords(slider.value));
  };
  slider.oninput = show;
  show();
  return { slider, words, note: button(say("Note this guess"), "", () => page.act({ hands: { question: 0, option: Number(slider.value), count: 1 } })) };
}

// A race that takes patience: the server runs it, and goes on when the page does not.
function patientRace(page, params) {
  const begun = () => page.state().races.some((r) => r.params === params);
  const runs = () => page.state().races.some((r) => r.params === params && r.state !== "over");
  const press = () => page.act(runs() ? { stop: params } : { race: params });
  const start = button("", "", press);
  function update(now) {
    start.hidden = !now.control;
    start.textContent = runs() ? say`Stop ${params}` : begun() ? say`Run ${params} again` : say`Run ${params}`;
  }
  return { params, begun, press, element: start, update };
}

function layOut(question, { slider, words, note }, chart, why, status, next, set, races, bars) {
  const acts = (children) => element("p", { className: "acts", children });
  const left = element("div", { children: [question, acts([words]), slider, chart, why, status, acts([next, note, set])] });
  const right = element("div", { className: "side", children: [acts(races), bars.element, element("p", { className: "quiet", text: say("Where they run: Alice's bar is her whole session with Bob, Eve's what her learners need, on all cores of this machine. n384 and n512 take patience: they run beside the lesson, on half of the cores, until they have ended or are stopped. The laboratory's times are on one core.") })] });
  return element("div", { className: "guess", children: [left, right] });
}

// ---- the view

// The lesson at the set of the settings: the class is asked, its guesses are revealed, Eve races. choose(params) takes
// another set, changed() says that what follows is another act now.
function guessLesson(page, patient, run, choose, changed) {
  const { settings } = page;
  let raced = false, wrong = "";
  const isOurs = (now) => now?.game === "guess" && now.params === settings.params;
  const isOpen = (now) => isOurs(now) && now.open;
  const ask = () => page.act({ open: "guess", params: settings.params });
  async function runRace() {
    wrong = "";
    const running = run();
    changed();
    try {
      await running;
      raced = true;
    } catch (e) {
      wrong = heard(e.message);
    }
    changed();
  }
  // One button is for it: what it says and does; null at the end.
  function following(now) {
    if (isOpen(now)) return { text: say("Reveal"), act: () => page.act({ close: true }) };
    if (!isOurs(now)) return { text: say("Ask the class"), act: ask };
    if (!raced) return { text: say("Run the race"), act: runRace };
    const waits = patient.find((one) => one.params === settings.params && !one.begun());
    if (waits) return { text: say`Run ${settings.params} meanwhile`, act: waits.press };
    const further = SETS[SETS.indexOf(settings.params) + 1];
    return further ? { text: say`Ask for ${further}`, act: () => { choose(further); return ask(); } } : null;
  }
  return { isOpen, isOver: (now) => isOurs(now) && !now.open, runRace, following, wrong: () => wrong };
}

export async function guessView(page) {
  const { settings } = page, sets = await kept(), bars = race();
  const live = settings.race.split(",").filter((name) => LIVE.includes(name));
  if (!live.length) live.push(...LIVE);
  if (!SETS.includes(settings.params)) page.change("params", "n384");
  const patient = PATIENT.map((params) => patientRace(page, params)), guess = guessInput(page);
  const choose = (params) => { set.value = params; page.change("params", params); }, changed = () => update(page.state());
  const set = setChoice(settings.params, (params) => { choose(params); changed(); });
  const lesson = guessLesson(page, patient, () => bars.run(live), choose, changed);
  const next = button("", "next", () => lesson.following(page.state())?.act()), raceNow = button(say`Race at ${live.join(", ")}`, "", lesson.runRace);
  const question = element("p", { className: "big" }), status = element("p", { className: "said" }), chart = element("div", { className: "chart" }), why = element("p", { className: "why" });
  status.setAttribute("role", "status");
  let drawn = "";

  function tellStatus(now) {
    const phones = now.phones === null ? "" : several(now.phones, "{0} phone|{0} phones");
    status.textContent = lesson.wrong() || (lesson.isOpen(now) ? [several(now.answers[0], "{0} guess|{0} guesses"), phones].filter(Boolean).join("; ") : "");
  }
  function reveal(now, truth) {
    chart.replaceChildren(histogram(now.counts[0], truth?.eve_seconds ?? null));
    why.textContent = tellWhy(now.counts[0], truth);
    if (truth) bars.estimate(truth);
  }
  function update(now) {
    const over = lesson.isOver(now), step = lesson.following(now);
    question.textContent = say`How long will Eve need at ${settings.params}?`;
    guess.slider.hidden = guess.words.hidden = guess.note.hidden = over || !now.control;
    guess.note.disabled = !lesson.isOpen(now);
    tellStatus(now);
    next.textContent = step?.text ?? "";
    next.hidden = !now.control || !step;
    raceNow.hidden = !now.control;
    for (const one of patient) one.update(now);
    bars.follow(now.races, over ? null : settings.params);
    next.disabled = raceNow.disabled = bars.busy();
    const key = JSON.stringify([over, now.round, settings.params, settings.level]);
    if (key === drawn) return;
    drawn = key;
    chart.replaceChildren();
    why.textContent = "";
    if (over) reveal(now, sets.find((s) => s.set === settings.params) ?? null);
  }
  return { element: layOut(question, guess, chart, why, status, next, set, [raceNow, ...patient.map((one) => one.element)], bars), update };
}
