// What the wall says of a phone, as text; nothing here touches the page, so that it can be tried without one.

import { fixed, heard, say, sayAll, written } from "./tongue.js";

const STATES = sayAll({ joining: "joins", open: "the chat is open" });

export function describeState(p) {
  const why = heard(p.ended);
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

// Who is here in the order in which they came, then who has left, the last of them first.
export function inOrder(pupils) {
  const ended = (p) => p.state === "ended";
  return [...pupils].sort((a, b) => ended(a) - ended(b) || (ended(a) ? b.gone - a.gone : a.joined - b.joined));
}

const seconds = (s) => `${fixed(s, s < 0.95 ? 2 : s < 10 ? 1 : 0)} s`;

// Of the learners that ran, the one that found the key; without a key, the one that ran longest.
export function foremost(p) {
  const all = p.learners ?? [];
  return all.find((l) => l.status === "solved") ?? [...all].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0];
}

export function describeEve(p) {
  const l = foremost(p);
  switch (p.eve) {
    case "key": return l ? say`Eve has the key: ${l.name}, ${seconds(l.wall_seconds ?? l.seconds)}` : say("Eve has the key");
    case "failed": return l ? say`Eve has no key: ${l.name}, ${seconds(l.wall_seconds ?? l.seconds)} in vain` : say("Eve has no key");
    case "learning": return say("Eve is learning ...");
    case "waiting": return say("Eve comes to it");
  }
  return p.sealed ? say`Eve sees ${p.sealed} sealed messages` : say("Eve listens");
}

function median(values) {
  const sorted = values.filter((v) => typeof v === "number").sort((a, b) => a - b), n = sorted.length;
  return n ? (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2 : null;
}

const rests = (task) => sayAll(RESTS)[task] ?? task;
const RESTS = { lpn: "LPN", ring: "structured LPN, experimental", lwe: "LWE with small secrets, experimental" };

/** The table: [set, what it rests on, phones, keys, learner, median seconds, median tries] for each set, texts. */
export function costs(pupils) {
  const sets = new Map();
  for (const p of pupils) sets.set(p.set, [...(sets.get(p.set) ?? []), p]);
  return [...sets].map(([set, all]) => {
    const tried = all.filter((p) => p.eve === "key" || p.eve === "failed"), won = all.filter((p) => p.eve === "key");
    const best = (won.length ? won : tried).map(foremost).filter(Boolean);
    const time = median(best.map((l) => l.wall_seconds ?? l.seconds)), tries = median(best.map((l) => l.tries));
    const vain = tried.length && !won.length;
    return [all[0].toy ? say`${set} (toy)` : set, rests(all[0].task), String(all.length),
      tried.length ? say`${won.length} of ${tried.length}` : say("not tried"), [...new Set(best.map((l) => l.name))].join(", "),
      time === null ? "" : vain ? say`${seconds(time)}, in vain` : seconds(time), tries === null ? "" : written(Number(tries.toPrecision(3)))];
  });
}
