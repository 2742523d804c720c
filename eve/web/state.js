// What the page shows is a function of the events up to a moment: going back and forth shows the same thing again.

import { say } from "./tongue.js";

const ORDER = ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"];

// Events of several programs, each in its own order, by the clock of the machine they ran on. Of samples is told once their
// labels have passed; the samples themselves had passed before.
export function sortEvents(events) {
  const sent = new Map(events.filter((e) => e.from === "wire" && e.event === "step" && e.step === "A2").map((e) => [e.session, e.clock]));
  const when = (e) => (e.event === "samples" ? (sent.get(e.session) ?? e.clock + 1) - 1 : e.clock) ?? 0;
  return [...events].sort((a, b) => when(a) - when(b) || a.id - b.id);
}

export function emptyState() {
  return {
    scenario: null,
    session: null, onWire: false,  // the one that is shown, and whether its bytes are
    seen: [],                      // sessions that have been shown
    bobs: null,                    // with somebody in between: the session with Bob, as the wire shows it
    params: null, n: null, theta: null, authenticated: false,
    task: null, experimental: false, rests: null, toy: null, numbers: null, risk: null, words: null, // what the programs say of the set
    steps: {},                     // by name: {bytes, seconds, attempt, frames}
    last: null,                    // the step that passed last
    samples: null, sealed: [], closed: null,
    fingerprint: {},               // alice, bob: private; wire: what follows from the bytes
    sides: { alice: {}, bob: {} }, // private: learned, agreed, error, ended
    chat: { alice: [], bob: [], between: [] }, // private: as each side sees it, and who sits in between
    eve: { on: false, attack: null, learning: [], judged: [], verdict: null, read: null },
    units: [],                     // of an experiment that runs in the place of Alice and Bob: its sessions so far
    result: null,                  // and what came of it
    notes: [],
    refused: [],                   // sources, or parts of them, that are not shown
  };
}

// With somebody in between Alice and Bob each have a session of their own.
export function hasBetween(state) {
  return !!state.scenario?.name.startsWith("attacker");
}

// A new session, in the place of the one that was shown.
function nextSession(state, session) {
  return { ...emptyState(), scenario: state.scenario, notes: state.notes, refused: state.refused, seen: [...state.seen, session], session,
    eve: { ...emptyState().eve, on: state.eve.on } };
}

// Of several sessions the newest is shown, from its beginning.
function sessionOnWire(state, e) {
  if (e.session === state.session) return state;
  return state.session ? nextSession(state, e.session) : Object.assign(state, { session: e.session, seen: [...state.seen, e.session] });
}

// What a side tells of another session than the one shown is left out; where there is no wire, the sides say which there are.
function sessionOfSide(state, e) {
  if (!e.session || hasBetween(state) || e.session === state.session) return state;
  if (!state.session) return Object.assign(state, { session: e.session, seen: [...state.seen, e.session] });
  return state.onWire || state.seen.includes(e.session) ? null : nextSession(state, e.session);
}

function applyBobs(state, e) {
  if (e.event === "connected") state.bobs = { session: e.session ?? "", steps: {}, last: null, sealed: [] };
  const bobs = state.bobs;
  if (!bobs || (e.session ?? "") !== bobs.session) return;
  if (e.event === "step") { bobs.steps[e.step] = e; bobs.last = e.step; }
  else if (e.event === "sealed") bobs.sealed.push(e);
}

function applyWire(state, e) {
  switch (e.event) {
    case "connected":
      Object.assign(state, { session: e.session, onWire: true, params: e.params, n: e.n, theta: e.theta, authenticated: e.authenticated,
        task: e.task ?? "lpn", experimental: !!e.experimental, rests: e.rests_on ?? null, toy: e.toy ?? null, numbers: e.numbers ?? null,
        risk: e.risk ?? e.theta, words: e.words ?? null });
      break;
    case "step":
      state.steps[e.step] = e;
      state.last = e.step;
      break;
    case "samples": state.samples = e; break;
    case "confirmed": state.fingerprint.wire = e.fingerprint; break;
    case "sealed": state.sealed.push(e); break;
    case "closed": state.closed = e; break;
  }
}

function applySide(state, side, e) {
  const own = state.sides[side];
  // a file's failure without a session is not known to be of the session on the wire
  if (e.source !== undefined && !e.session && state.onWire && ["closed", "error"].includes(e.event)) return;
  switch (e.event) {
    case "learned": own.learned = e; break;
    case "agreed": own.agreed = e; break;
    case "confirmed":
      state.fingerprint[side] = e.fingerprint;
      own.confirmed = e;
      if (!state.onWire) Object.assign(state, { params: e.params, task: e.task ?? "lpn", experimental: !!e.experimental });
      break;
    case "error": own.error = e.text; break;
    case "closed": own.closed = e; break;
    case "ended": own.ended = e.status; break;
    case "chat": state.chat[side].push({ side: e.side, text: e.text }); break;
    case "step": own.step = e.step; break;
    case "note": state.notes.push(`${side}: ${e.text}`); break;
  }
}

function applyEve(state, e) {
  const eve = state.eve;
  switch (e.event) {
    case "attack": Object.assign(eve, { attack: e, learning: [], judged: [], verdict: null, read: null }); break;
    case "learning": eve.learning.push(e); break;
    case "judged": eve.judged.push(e); break;
    case "verdict": eve.verdict = e; break;
    case "read": eve.read = e.more && eve.read ? { ...eve.read, lines: [...eve.read.lines, ...e.lines] } : e; break;
    case "note": state.notes.push(`eve: ${e.text}`); break;
  }
}

function applyBetween(state, e) {
  if (e.event === "chat") state.chat.between.push({ side: e.side, text: e.text });
  else if (e.event === "note" || e.event === "error") state.notes.push(`in between: ${e.text}`);
}

function applyLab(state, e) {
  if (e.event === "result") state.result = e;
  else if (e.event === "unit") state.units.push(e);
  else if (e.event === "note") state.notes.push(`lab: ${e.text}`);
}

export function apply(state, e) {
  if (e.event === "begin") return emptyState();
  if (e.from === "wire" && e.with === "bob") applyBobs(state, e);
  else if (e.from === "wire" && !e.session) return state; // ended before it was one
  else if (e.from === "wire") {
    if (e.event === "connected") state = sessionOnWire(state, e);
    if (e.session === state.session) applyWire(state, e);
  }
  else if (e.from === "alice" || e.from === "bob") {
    const next = sessionOfSide(state, e);
    if (!next) return state;
    state = next;
    applySide(state, e.from, e);
  }
  else if (e.from === "eve") { if (!e.session || !state.session || [state.session, state.bobs?.session].includes(e.session)) applyEve(state, e); }
  else if (e.from === "lab") applyLab(state, e);
  else if (e.from === "between") applyBetween(state, e);
  else if (e.event === "scenario") { state.scenario = e; state.eve.on = e.eve; }
  else if (e.event === "eve") state.eve.on = e.on;
  else if (e.event === "note") state.notes.push(e.text);
  else if (e.event === "refused") state.refused.push(e.text);
  return state;
}

// The events that a person would want to stop at.
export function isBeat(e) {
  return (e.from === "wire" && ["connected", "step", "samples", "sealed", "closed"].includes(e.event)) ||
    (e.from === "eve" && e.event !== "note") || ["scenario", "eve", "unit", "result", "refused"].includes(e.event) || e.event === "chat" ||
    (e.event === "confirmed" && e.private) || (["error", "closed"].includes(e.event) && e.private);
}

// One word for the whole: what the pill says.
export function verdictOf(state) {
  if ([state.sides.alice, state.sides.bob].some((own) => own.ended > 1)) return { word: say("a program has failed"), kind: "broken" };
  const failed = [state.sides.alice, state.sides.bob].some((own) => own.error || own.closed?.status === 1);
  if (state.result) { // at constant noise, a = 0: is there an n at which Alice learns and Eve does not?
    const constant = (state.result.tables.cells ?? []).filter((c) => c.a === 0);
    const open = constant.some((c) => c.state === 2);
    return open ? { word: say("a secret at constant noise"), kind: "broken" } : { word: say("no secret at constant noise"), kind: "refused" };
  }
  if (state.scenario && !state.last && state.scenario.name === "too-much-noise") return { word: say("the experiment runs"), kind: "busy" };
  const { alice, bob } = state.fingerprint;
  if (alice && bob && alice !== bob) return { word: say("fingerprints differ"), kind: "broken" };
  if (state.eve.verdict?.key_recovered) return { word: say("Eve has the key"), kind: "broken" };
  if (failed && !alice && !bob) return { word: say("refused"), kind: "refused" };
  if (state.eve.verdict) return { word: say("Eve out of budget"), kind: "safe" };
  if (state.eve.attack && state.steps.B4 && !hasBetween(state)) return { word: say("agreed, Eve is at work"), kind: "agreed" };
  if (hasBetween(state) && (state.steps.B4 || state.bobs?.steps.B4)) return { word: say("somebody is in between"), kind: "broken" };
  if (state.steps.B4) return { word: say("agreed"), kind: "agreed" };
  if (!state.onWire && alice && bob) return { word: say("agreed"), kind: "agreed" };
  if (!state.onWire && (alice || bob)) return { word: say`${alice ? "Alice" : "Bob"} has a key`, kind: "agreed" };
  if (state.last) return { word: say`step ${state.last}`, kind: "busy" };
  return { word: say("waiting"), kind: "idle" };
}

// steps: by name, as the state has them.
export function stepsInOrder(steps) {
  return ORDER.map((name) => ({ name, ...(steps[name] ?? {}), done: name in steps }));
}
