// What the stage shows of a state: one picture, one message under way, a short sentence of each figure. The film takes
// from here where a press of a key stops, so that each press changes what is seen.

import { hasBetween, verdictOf } from "./state.js";
import { talk } from "./picture_chat.js";
import { STEPS } from "./story.js";
import { bytes, duration, number, percent } from "./units.js";

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
  if (sealed.length) return { name: "sealed", from: sealed.at(-1).side, size: bytes(sealed.at(-1).bytes), number: sealed.length };
  return step ? { name: `${step} ${STEPS[step].title}`, from: STEPS[step].from, size: bytes(state.steps[step]?.bytes), number: state.steps[step]?.attempt ?? 1 } : null;
}

// What a figure says of itself at this step: only where its events are a source. Shown as private.
function saysOf(state, side) {
  const own = state.sides[side], step = lastStep(state), said = [];
  if (own.error) return [own.error];
  if (own.closed && own.closed.status) return [own.closed.reason];
  if (["A3", "B3"].includes(step) && own.learned)
    said.push(`${own.learned.accepted ? "I have learned" : "I have not learned"} the secret: ${number(own.learned.disagreements, 7)} of ${number(own.learned.plain_labels, 7)} labels differ`);
  else if (["A4", "B3"].includes(step) && own.agreed?.agreement !== undefined && own.agreed.noise === undefined)
    said.push(`I predict ${percent(own.agreed.agreement)} of ${number(own.agreed.challenges, 7)} labels`);
  else if (step === "A4" && own.agreed?.noise !== undefined) said.push(`I uncover ${own.agreed.distillate} bits, noise ${number(own.agreed.noise)} on average`);
  else if (step === "B3" && side === "bob" && own.agreed)
    said.push(`I have masked ${own.agreed.distillate} bits, ${own.agreed.repeat === 1 ? "once" : `${own.agreed.repeat} times`} each`);
  return said;
}

export const bestRisk = (eve) => {
  const judged = eve.judged.filter((j) => j.risk !== null && j.risk !== undefined).sort((a, b) => a.risk - b.risk)[0];
  if (judged) return { risk: judged.risk, low: judged.risk_low, high: judged.risk_high, who: judged.name };
  const now = [...eve.learning].reverse().find((e) => e.select_risk !== null);
  return now ? { risk: now.select_risk, low: now.select_risk_low, high: now.select_risk_high, who: now.learner } : null;
};

// What Eve's panel says: a sentence, and three numbers.
export function eveOf(state) {
  const eve = state.eve, now = eve.learning.at(-1), best = bestRisk(eve);
  const judged = eve.judged.filter((j) => j.status !== "not-applicable"), longest = judged.map((j) => j.expected_seconds).filter((s) => s > 0).sort((a, b) => a - b)[0];
  const tries = judged.length ? judged.reduce((sum, j) => sum + j.tries, 0) : now?.tries;
  let says = "";
  if (eve.verdict?.key_recovered) says = `Eve has the key: ${eve.verdict.key}`;
  else if (eve.verdict) says = "Eve has used her budget and has no key.";
  else if (now) says = `${now.learner}, ${now.phase}: ${number(now.tries_per_second)} tries a second`;
  else if (eve.attack) says = "Eve begins.";
  return {
    at: !!eve.attack || eve.judged.length > 0, says,
    risk: best ? `${percent(best.risk)} wrong` : "none yet",
    range: best && best.low !== undefined ? `${percent(best.low)} to ${percent(best.high)}, by ${best.who}; a coin 50%` : "a coin 50%",
    tries: tries === undefined ? "none yet" : number(tries),
    expected: eve.verdict?.key_recovered ? "done" : duration(judged.length ? longest : now?.expected_seconds),
  };
}

export function sceneOf(state) {
  const picture = pictureOf(state), between = hasBetween(state);
  return {
    picture, step: lastStep(state), pill: verdictOf(state), message: between || picture === "noise" ? null : messageOf(state),
    alice: { words: state.fingerprint.alice ?? "", says: saysOf(state, "alice"), chat: state.chat.alice },
    bob: { words: state.fingerprint.bob ?? "", says: saysOf(state, "bob"), chat: state.chat.bob },
    eve: eveOf(state),
    between: between ? { alice: state.last, bob: state.bobs?.last ?? null, chat: state.chat.between } : null,
    samples: picture === "samples" && !!state.samples, sealed: picture === "chat" && talk(state.sealed).length, read: state.eve.read?.lines ?? null,
    eveOn: state.eve.on, wrong: state.refused, units: state.units.filter((u) => u.rule === "fixed").length, result: !!state.result,
  };
}

// Two states with the same key look the same.
export const sceneKey = (state) => JSON.stringify(sceneOf(state));
