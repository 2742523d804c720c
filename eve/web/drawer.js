// What is not for the back row: the steps one by one, what each side says of itself, the table of learners, the log.

import { $, element, put } from "./dom.js";
import { SCENARIOS, titleOf } from "./scenarios.js";
import { STEPS, stepWords } from "./story.js";
import { hasBetween, stepsInOrder, verdictOf } from "./state.js";
import { fixed, heard, say, several } from "./tongue.js";
import { bytes, duration, number, percent, raise, tries } from "./units.js";

function renderAbout(state, level) {
  const about = SCENARIOS[state.scenario?.name];
  $("about").hidden = !about;
  if (!about) return;
  put("about-title", `${titleOf(state.scenario.name, state.scenario.params)}: ${verdictOf(state).word}`);
  for (const part of ["goal", "question", "look"]) put(`about-${part}`, raise(about[part][level]));
}

// words: what to say of a step, or null. names: who is at the left and at the right.
function stepRows({ steps, last }, names, words) {
  return stepsInOrder(steps).map((step) => {
    const story = STEPS[step.name];
    const arrow = `${names[0]} ${story.from === "alice" ? "\u2192" : "\u2190"} ${names[1]}`;
    const numbers = step.done ? say`${bytes(step.bytes)}, after ${duration(step.time)}` : "";
    const button = element("button", { children: [
      element("span", { className: "head", children: [element("span", { text: `${step.name} ${story.title}` }), element("span", { text: arrow }), element("span", { className: "numbers", text: numbers })] }),
      ...(words ? [element("span", { text: raise(words(step.name)) })] : [])] });
    button.type = "button";
    return element("li", { children: [button], className: (step.done ? "done " : "") + (last === step.name ? "last" : ""), data: { from: story.from, step: step.name } });
  });
}

// With somebody in between there are two sessions, and she is at one end of each.
function renderSteps(state, level) {
  const between = hasBetween(state), bobs = state.bobs ?? { session: "", steps: {}, last: null };
  for (const id of ["session-alice", "session-bob", "steps-bob"]) $(id).hidden = !between;
  put("session-alice", say`Her session with Alice ${state.session ?? ""}`);
  put("session-bob", say`Her session with Bob ${bobs.session}`);
  $("steps").replaceChildren(...stepRows(state, ["Alice", between ? say("her") : "Bob"], between ? null : (name) => stepWords(name, state.task, state.words, level)));
  $("steps-bob").replaceChildren(...(between ? stepRows(bobs, [say("her"), "Bob"], null) : []));
}

// What a side tells about itself: only where its events are a source.
function renderOwn(state, side) {
  const own = state.sides[side], lines = [];
  if (own.learned) {
    lines.push(own.learned.accepted ? say`learned the secret: ${own.learned.disagreements} of ${own.learned.plain_labels} labels disagree` : say`did not learn the secret: ${own.learned.disagreements} of ${own.learned.plain_labels} labels disagree`);
    for (const f of own.learned.figures ?? []) lines.push(say`${raise(heard(f.what))}: ${number(f.measured)} measured, ${number(f.expected)} expected`);
  }
  if (own.agreed?.noise !== undefined) lines.push(say`noise of a masked label: ${number(own.agreed.noise)} measured on average, ${number(own.agreed.noise_expected)} expected`);
  else if (own.agreed?.agreement !== undefined) lines.push(say`${percent(own.agreed.agreement)} of ${own.agreed.challenges} bits agree, ${percent(own.agreed.agreement_expected)} expected`);
  else if (own.agreed) lines.push(several(own.agreed.repeat, "masked {1} bits once each|masked {1} bits {0} times each", own.agreed.repeat, own.agreed.distillate));
  if (own.error) lines.push(heard(own.error));
  if (own.closed) lines.push(say`${heard(own.closed.reason)}, ${bytes(own.closed.bytes)} on the wire in ${duration(own.closed.seconds)}`);
  const all = lines.map((text) => element("p", { text }));
  if (lines.length) all.unshift(element("p", { children: [element("span", { className: "private", text: say`private: from ${side}'s own events` })] }));
  $(`own-${side}`).replaceChildren(...all);
}

function renderJudged({ eve }) {
  $("learners").hidden = !eve.attack && !eve.judged.length;
  $("judged").tBodies[0].replaceChildren(...eve.judged.map((j) => {
    const risk = j.risk === null ? "\u2013" : say`${fixed(j.risk, 4)} (${fixed(j.risk_low, 4)}\u2013${fixed(j.risk_high, 4)}, ${j.test_labels} labels)`;
    const cells = [j.name, j.reason ? `${heard(j.status)}: ${heard(j.reason)}` : heard(j.status), risk, tries(j.tries), number(j.tries_per_second), duration(j.wall_seconds), duration(j.expected_seconds)];
    return element("tr", { children: cells.map((text) => element("td", { text })), data: { learner: j.name } });
  }));
}

function renderSource(state, server) {
  const from = [];
  if (state.onWire) from.push([say`session ${state.session}, set ${state.params}`, state.numbers && raise(state.numbers)].filter(Boolean).join(": "));
  if (state.scenario) from.push(`${state.scenario.seed ? say`scenario ${state.scenario.name}, seed ${state.scenario.seed}` : say`scenario ${state.scenario.name}, random seed`}: ${state.scenario.name === "too-much-noise" ? say("eve lab runs on this machine") : say("alice, bob and eve run on this machine")}`);
  else if (server?.sources.length) from.push(say`from ${server.sources.map((s) => s.name).join(", ")}`);
  if (state.onWire && !state.authenticated) from.push(say("the peers are unauthenticated"));
  put("where-from", from.join("; "));
  put("notes", state.notes.join("\n"));
}

export function renderDrawer(state, level, server) {
  renderAbout(state, level);
  renderSteps(state, level);
  renderOwn(state, "alice");
  renderOwn(state, "bob");
  renderJudged(state);
  renderSource(state, server);
}
