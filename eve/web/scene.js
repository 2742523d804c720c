// What the stage shows of a state: one picture, one message under way, a short sentence of each figure. The film takes
// from here where a press of a key stops, so that each press changes what is seen.

import { hasBetween, verdictOf } from "./state.js";
import { talk } from "./picture_chat.js";
import { picturesIn } from "./picture_words.js";
import { STEPS } from "./story.js";
import { heard, say as tell } from "./tongue.js";
import { bytes, count, duration, percent } from "./units.js";

const PICTURES = { A1: "hello", B1: "hello", A2: "samples", B2: "samples", A3: "learned", B3: "masks", A4: "masks", B4: "compare" };

export const isNoise = (state) => state.scenario?.name === "too-much-noise" || !!state.result;

// The newest step, on the wire or, of kept events alone, as the sides tell it.
export const lastStep = (state) => state.last ?? (state.scenario ? null : state.sides.bob.step ?? state.sides.alice.step ?? null);

// The chat begins once somebody has said something.
const chats = (state) => state.chat.alice.length > 0 || state.chat.bob.length > 0 || talk(state.sealed).length > 0;

export function pictureOf(state) {
  if (isNoise(state)) return "noise";
  if (hasBetween(state)) return state.last || state.bobs?.last ? "between" : "ready";
  if (chats(state)) return "chat";
  return PICTURES[lastStep(state)] ?? (state.scenario ? "ready" : "idle");
}

// The message that is under way: {name, from, size}, or null.
function messageOf(state) {
  const sealed = talk(state.sealed), step = lastStep(state);
  if (sealed.length) return { name: tell("sealed"), from: sealed.at(-1).side, size: bytes(sealed.at(-1).bytes), number: sealed.length };
  return step ? { name: `${step} ${STEPS[step].title}`, from: STEPS[step].from, size: bytes(state.steps[step]?.bytes), number: state.steps[step]?.attempt ?? 1 } : null;
}

// What a figure says of itself at this step: only where its events are a source. Shown as private.
function saysOf(state, side, { says }) {
  const own = state.sides[side], step = lastStep(state), said = [];
  if (own.error) return [heard(own.error)];
  if (own.closed && own.closed.status) return [heard(own.closed.reason)];
  if (["A3", "B3"].includes(step) && own.learned) said.push(says.learned(own.learned.accepted, own.learned.disagreements, own.learned.plain_labels));
  else if (["A4", "B3"].includes(step) && own.agreed?.agreement !== undefined && own.agreed.noise === undefined) said.push(says.predict(own.agreed.agreement, own.agreed.challenges));
  else if (step === "A4" && own.agreed?.noise !== undefined) said.push(says.uncover(own.agreed.distillate, own.agreed.noise));
  else if (step === "B3" && side === "bob" && own.agreed) said.push(says.masked(own.agreed.distillate, own.agreed.repeat));
  return said;
}

// All tries of the newest learner that has made any, from the histograms of its events.
export function triesOf({ eve }) {
  const tried = eve.learning.filter((e) => e.tried);
  const learner = tried.at(-1)?.learner, own = tried.filter((e) => e.learner === learner);
  if (!own.length) return null;
  const bins = own[0].tried.map((_, i) => own.reduce((sum, e) => sum + (e.tried[i] ?? 0), 0));
  return { learner, bins, all: bins.reduce((a, b) => a + b, 0) };
}

export const bestRisk = (eve) => {
  const judged = eve.judged.filter((j) => j.risk !== null && j.risk !== undefined).sort((a, b) => a.risk - b.risk)[0];
  if (judged) return { risk: judged.risk, low: judged.risk_low, high: judged.risk_high, who: judged.name };
  const now = [...eve.learning].reverse().find((e) => e.select_risk !== null);
  return now ? { risk: now.select_risk, low: now.select_risk_low, high: now.select_risk_high, who: now.learner } : null;
};

// What Eve's panel says: a sentence, and three numbers with what they count.
export function eveOf(state, { eve: say, none, done }) {
  const eve = state.eve, now = eve.learning.at(-1), best = bestRisk(eve), tries = triesOf(state);
  const judged = eve.judged.filter((j) => j.status !== "not-applicable"), longest = judged.map((j) => j.expected_seconds).filter((s) => s > 0).sort((a, b) => a - b)[0];
  let says = "";
  if (eve.verdict?.key_recovered) says = say.key(eve.verdict.key);
  else if (eve.verdict) says = say.out;
  else if (now) says = say.works(now.learner, now.phase, now.tries_per_second);
  else if (eve.attack) says = say.begins;
  return {
    at: !!eve.attack || eve.judged.length > 0, says, names: [say.best, say.tries, say.expected],
    risk: best ? say.wrong(best.risk, best.low ?? null, best.high ?? null) : none,
    range: best && best.low !== undefined ? tell`${percent(best.low)} to ${percent(best.high)}, by ${best.who}; a coin 50%` : tell("a coin 50%"),
    tries: tries ? count(tries.all) : none,
    expected: eve.verdict?.key_recovered ? done : duration(judged.length ? longest : now?.expected_seconds),
  };
}

// Of an experiment, who has learned in which share of the sessions at each rate: that is what squares show, and not how many
// sessions there were.
function learnedAt(units) {
  const at = {};
  for (const u of units.filter((e) => e.rule === "fixed")) {
    const all = (at[`${u.n} ${u.a}`] ??= { sessions: 0, alice: 0, eve: 0 });
    all.sessions++;
    all.alice += u.alice;
    all.eve += u.eve;
  }
  return Object.entries(at).map(([key, { sessions, alice, eve }]) => [key, alice / sessions, eve / sessions]);
}

export function sceneOf(state, level = "student") {
  const picture = pictureOf(state), between = hasBetween(state), say = picturesIn(level);
  return {
    picture, step: lastStep(state), pill: verdictOf(state), message: between || picture === "noise" ? null : messageOf(state),
    alice: { words: state.fingerprint.alice ?? "", says: saysOf(state, "alice", say), chat: state.chat.alice },
    bob: { words: state.fingerprint.bob ?? "", says: saysOf(state, "bob", say), chat: state.chat.bob },
    eve: eveOf(state, say),
    between: between ? { alice: state.last, bob: state.bobs?.last ?? null, chat: state.chat.between } : null,
    samples: picture === "samples" && !!state.samples, sealed: picture === "chat" && talk(state.sealed).length, read: state.eve.read?.lines ?? null,
    eveOn: state.eve.on, wrong: state.refused, units: learnedAt(state.units), result: !!state.result,
  };
}

// Two states with the same key look the same.
export const sceneKey = (state) => JSON.stringify(sceneOf(state));
