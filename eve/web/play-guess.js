// A guess before each reveal: how long will Eve need? Everybody's guess, on the phones or told to the lecturer; then what
// is known, and the race of two bars.

import { element, svg } from "./dom.js";
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
export function middleOf(counts) {
  const all = counts.reduce((a, b) => a + b, 0);
  let seen = 0;
  return counts.findIndex((count) => (seen += count) * 2 >= all && all > 0);
}

// The laboratory's table of sets, where it has one.
async function kept() {
  const { results } = await (await get("state")).json();
  return results.includes("hardness") ? (await (await get("results/hardness")).json()).tables.sets : [];
}

export async function guessView(page) {
  const { settings } = page, sets = await kept(), bars = race();
  const live = settings.race.split(",").filter((name) => LIVE.includes(name));
  if (!live.length) live.push(...LIVE);
  if (!SETS.includes(settings.params)) page.change("params", "n384");
  let raced = false, wrong = "";
  const button = (text, className, act) => { const b = element("button", { text, className }); b.type = "button"; b.onclick = act; return b; };
  const set = element("select", { children: SETS.map((name) => new Option(name, name)) });
  set.setAttribute("aria-label", say("the set"));
  set.value = settings.params;
  set.onchange = () => { page.change("params", set.value); update(page.state()); };

  const slider = element("input"), words = element("output", { className: "big" });
  Object.assign(slider, { type: "range", min: 0, max: 19, step: 1, value: 3 });
  slider.setAttribute("aria-label", say("how long Eve will need"));
  const showGuess = () => {
    words.textContent = `${guessWords(slider.value)}, ${guessPower(slider.value)}`;
    slider.setAttribute("aria-valuetext", guessWords(slider.value));
  };
  slider.oninput = showGuess;
  showGuess();
  const note = button(say("Note this guess"), "", () => page.act({ hands: { question: 0, option: Number(slider.value), count: 1 } }));

  const isOurs = (now) => now?.game === "guess" && now.params === settings.params;
  const open = (now) => isOurs(now) && now.open;
  const known = () => sets.find((s) => s.set === settings.params) ?? null;
  const begun = (params) => page.state().races.find((r) => r.params === params) ?? null;
  const runs = (params) => !!begun(params) && begun(params).state !== "over";
  const patientNext = () => PATIENT.includes(settings.params) && !begun(settings.params);
  const pressed = (params) => page.act(runs(params) ? { stop: params } : { race: params });
  async function runRace() {
    wrong = "";
    const running = bars.run(live);
    update(page.state());
    try {
      await running;
      raced = true;
    } catch (e) {
      wrong = heard(e.message);
    }
    update(page.state());
  }
  const next = button("", "next", async () => {
    const now = page.state();
    if (open(now)) await page.act({ close: true });
    else if (!isOurs(now)) await page.act({ open: "guess", params: settings.params });
    else if (!raced) await runRace();
    else if (patientNext()) await pressed(settings.params);
    else {
      set.value = SETS[Math.min(SETS.indexOf(settings.params) + 1, SETS.length - 1)];
      page.change("params", set.value);
      await page.act({ open: "guess", params: settings.params });
    }
  });
  const raceNow = button(say`Race at ${live.join(", ")}`, "", runRace);
  const patient = PATIENT.map((params) => [params, button("", "", () => pressed(params))]);
  const question = element("p", { className: "big" }), status = element("p", { className: "said" }), chart = element("div", { className: "chart" }), why = element("p", { className: "why" });
  status.setAttribute("role", "status");
  let drawn = "";

  function update(now) {
    const over = isOurs(now) && !now.open, truth = known();
    question.textContent = say`How long will Eve need at ${settings.params}?`;
    slider.hidden = words.hidden = note.hidden = over || !now.control;
    note.disabled = !open(now);
    const n = isOurs(now) ? now.answers[0] : 0;
    status.textContent = wrong || (open(now) ? [several(n, "{0} guess|{0} guesses"), now.phones === null ? "" : several(now.phones, "{0} phone|{0} phones")].filter(Boolean).join("; ") : "");
    const last = settings.params === SETS.at(-1);
    next.textContent = open(now) ? say("Reveal") : !isOurs(now) ? say("Ask the class") : !raced ? say("Run the race") : patientNext() ? say`Run ${settings.params} meanwhile` : say`Ask for ${SETS[SETS.indexOf(settings.params) + 1]}`;
    next.hidden = !now.control || (over && raced && last);
    raceNow.hidden = !now.control;
    for (const [params, b] of patient) {
      b.hidden = !now.control;
      b.textContent = runs(params) ? say`Stop ${params}` : begun(params) ? say`Run ${params} again` : say`Run ${params}`;
    }
    bars.follow(now.races, over ? null : settings.params);
    next.disabled = raceNow.disabled = bars.busy();
    const key = JSON.stringify([over, now.round, settings.params, settings.level]);
    if (key === drawn) return;
    drawn = key;
    chart.replaceChildren(...(over ? [histogram(now.counts[0], truth?.eve_seconds ?? null)] : []));
    why.textContent = !over ? "" : tellWhy(now.counts[0], truth);
    if (over && truth) bars.estimate(truth);
  }
  function tellWhy(counts, truth) {
    const middle = middleOf(counts), guessed = middle < 0 ? "" : `${say`The middle guess is ${duration(guessSeconds(middle))}.`} `;
    if (!truth) return `${guessed}${say("The laboratory has no results here: eve lab hardness makes them.")}`;
    const range = truth.eve_low ? ` ${say`(95% interval ${duration(truth.eve_low)} to ${duration(truth.eve_high)})`}` : "";
    const from = truth.eve_from === "measured" ? say("the mean of what the laboratory has measured") : PATIENT.includes(truth.set) ? say("by a fit to what was measured at smaller n: a single run takes less or more, this machine can try") : say("by a fit to what was measured at smaller n: nobody has waited for it");
    return `${guessed}${say`Eve needs ${duration(truth.eve_seconds)} on one core${range}, ${from}. Alice learns in ${duration(truth.bimodal_seconds)}.`}`;
  }
  const left = element("div", { children: [question, element("p", { className: "acts", children: [words] }), slider, chart, why, status, element("p", { className: "acts", children: [next, note, set] })] });
  const right = element("div", { className: "side", children: [element("p", { className: "acts", children: [raceNow, ...patient.map(([, b]) => b)] }), bars.element, element("p", { className: "quiet", text: say("Where they run: Alice's bar is her whole session with Bob, Eve's what her learners need, on all cores of this machine. n384 and n512 take patience: they run beside the lesson, on half of the cores, until they have ended or are stopped. The laboratory's times are on one core.") })] });
  return { element: element("div", { className: "guess", children: [left, right] }), update };
}
