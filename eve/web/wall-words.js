// What the wall says of a phone, as text; nothing here touches the page, so that it can be tried without one.

import { fixed, heard, say, sayAll, several, written } from "./tongue.js";

const STATES = sayAll({ joining: "joins", open: "the chat is open" });

export function describeState(p) {
  const why = heard(p.ended);
  if (p.state === "open" && p.unrecorded) return say("open, recorded no more");
  if (p.state === "ended") return p.words ? say`ended: ${why}` : p.step ? say`ended: ${why}, after ${p.step}` : say`ended: ${why}, before any step`;
  return p.state !== "agreeing" ? STATES[p.state] : p.step ? say`agrees: ${p.step}, ${p.steps} steps` : say("agrees");
}

// Bob's own words, and those that Eve makes of what she has recorded: where both are there and differ, there is somebody
// between her and Bob. [whose, words, class] for each line.
export function describeWords(p, bobTells) {
  const lines = [];
  if (p.bobs_words) lines.push(["Bob: ", p.bobs_words, "bobs"]);
  else if (p.words && bobTells) lines.push(["Bob: ", say("no words of this session"), "bobs"]);
  if (p.words && p.words !== p.bobs_words) lines.push([say("Eve saw: "), p.words, "eves"]);
  return lines;
}

// Once they have more than half of what they may have. More than 32 bits: no shifts here.
export function describeCaptured({ bytes, most }) {
  const mib = (n) => Math.ceil(n / 2 ** 20);
  return 2 * bytes > most ? say`The room's captures have ${mib(bytes)} of the ${mib(most)} MiB that they may have.` : "";
}

// Who is here in the order in which they came, then who has left, the last of them first.
export function inOrder(pupils) {
  const ended = (p) => p.state === "ended";
  return [...pupils].sort((a, b) => ended(a) - ended(b) || (ended(a) ? b.gone - a.gone : a.joined - b.joined));
}

// Nothing takes no time: what is short is told in thousandths.
const milliseconds = (ms) => `${fixed(ms, ms < 0.995 ? 2 : ms < 9.95 ? 1 : 0)} ms`;
const seconds = (s) => (s > 0 && s < 0.0995 ? milliseconds(1000 * s) : `${fixed(s, s < 0.95 ? 2 : s < 10 ? 1 : 0)} s`);
const took = (l) => seconds(l.wall_seconds ?? l.seconds);

// Of the learners that ran, the one that found the key; without a key, the one that ran longest.
export function foremost(p) {
  const all = p.learners ?? [];
  return all.find((l) => l.status === "solved") ?? [...all].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0];
}

export function describeEve(p) {
  const l = foremost(p);
  switch (p.eve) {
    case "key": return l ? say`Eve has the key: ${l.name}, ${took(l)}` : say("Eve has the key");
    case "failed": return l ? say`Eve has no key: ${l.name}, ${took(l)} in vain` : say("Eve has no key");
    case "learning": return say("Eve is learning ...");
    case "waiting": return say("Eve comes to it");
  }
  return p.sealed ? say`Eve sees ${p.sealed} sealed messages` : say("Eve listens");
}

// The same in as few words as a small tile has room for: what Eve has, or does, or how far it is.
export function describeBriefly(p) {
  const l = foremost(p);
  switch (p.eve) {
    case "key": return l ? took(l) : say("a key");
    case "failed": return say("no key");
    case "learning": return say("learns");
    case "waiting": return say("comes");
  }
  if (p.state === "ended") return say("ended");
  return p.state === "open" ? say("has a key") : p.step || say("joins");
}

export const lastLine = (p) => p.chat.at(-1);

// How many there are of each kind, as [text, state, Eve] with the looks of a tile of that kind.
export function sums(pupils) {
  const n = (test) => pupils.filter(test).length;
  return [
    [n((p) => p.state === "joining" || p.state === "agreeing"), (k) => several(k, "{0} agrees|{0} agree"), "agreeing", "nothing"],
    [n((p) => p.state === "open"), (k) => several(k, "{0} has a key|{0} have a key"), "open", "nothing"],
    [n((p) => p.state === "ended"), (k) => several(k, "{0} ended|{0} ended"), "ended", "nothing"],
    [n((p) => p.eve === "key"), (k) => say`Eve has ${k}`, "open", "key"],
    [n((p) => p.eve === "failed"), (k) => say`not ${k}`, "open", "failed"],
  ].filter(([k]) => k).map(([k, text, state, eve]) => [text(k), state, eve]);
}

function median(values) {
  const sorted = values.filter((v) => typeof v === "number").sort((a, b) => a - b), n = sorted.length;
  return n ? (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2 : null;
}

const rests = (task) => sayAll(RESTS)[task] ?? task;
const RESTS = { lpn: "LPN", ring: "structured LPN, experimental", lwe: "LWE with small secrets, experimental" };

// A set's name is the letter of its task and a number.
const byHardness = ([a], [b]) => a[0].localeCompare(b[0]) || Number(a.slice(1)) - Number(b.slice(1));

/** The table, for each set: [set, what it rests on, phones, keys, learner, median seconds, median tries], texts; of two, the
    first is for the few columns that stand beside the tiles. */
export function costs(pupils) {
  const sets = new Map();
  for (const p of pupils) sets.set(p.set, [...(sets.get(p.set) ?? []), p]);
  return [...sets].sort(byHardness).map(([set, all]) => {
    const tried = all.filter((p) => p.eve === "key" || p.eve === "failed"), won = all.filter((p) => p.eve === "key");
    const best = (won.length ? won : tried).map(foremost).filter(Boolean);
    const time = median(best.map((l) => l.wall_seconds ?? l.seconds)), tries = median(best.map((l) => l.tries));
    const vain = tried.length && !won.length;
    return [[set, all[0].toy ? say`${set} (toy)` : set], rests(all[0].task), String(all.length),
      tried.length ? [say`${won.length} of ${all.length}`, say`${won.length} of ${tried.length}`] : [say`0 of ${all.length}`, say("not tried")], [...new Set(best.map((l) => l.name))].join(", "),
      time === null ? "" : vain ? say`${seconds(time)}, in vain` : seconds(time), tries === null ? "" : written(Number(tries.toPrecision(3)))];
  });
}
