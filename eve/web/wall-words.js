// What the wall says of a phone, as text; nothing here touches the page, so that it can be tried without one.

const STATES = { joining: "joins", agreeing: "agrees", open: "the chat is open" };

export function describeState(p) {
  const steps = p.step ? ` ${p.step}, ${p.steps} steps` : "";
  if (p.state === "ended") return `ended: ${p.ended}${p.words ? "" : `, ${p.step ? `after ${p.step}` : "before any step"}`}`;
  return p.state === "agreeing" ? `agrees${steps ? `:${steps}` : ""}` : STATES[p.state];
}

// Bob's own words, and those that Eve makes of what she has recorded: where both are there and differ, there is somebody
// between her and Bob. [whose, words, class] for each line.
export function describeWords(p, bobTells) {
  const lines = [];
  if (p.bobs_words) lines.push(["Bob: ", p.bobs_words, "bobs"]);
  else if (p.words && bobTells) lines.push(["Bob: ", "no words of this session", "bobs"]);
  if (p.words && p.words !== p.bobs_words) lines.push(["Eve saw: ", p.words, "eves"]);
  return lines;
}

// Who is here in the order in which they came, then who has left, the last of them first.
export function inOrder(pupils) {
  const ended = (p) => p.state === "ended";
  return [...pupils].sort((a, b) => ended(a) - ended(b) || (ended(a) ? b.gone - a.gone : a.joined - b.joined));
}

const seconds = (s) => (s < 0.95 ? `${s.toFixed(2)} s` : s < 10 ? `${s.toFixed(1)} s` : `${Math.round(s)} s`);

// Of the learners that ran, the one that found the key; without a key, the one that ran longest.
export function foremost(p) {
  const all = p.learners ?? [];
  return all.find((l) => l.status === "solved") ?? [...all].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0];
}

export function describeEve(p) {
  const l = foremost(p);
  switch (p.eve) {
    case "key": return `Eve has the key${l ? `: ${l.name}, ${seconds(l.wall_seconds ?? l.seconds)}` : ""}`;
    case "failed": return `Eve has no key${l ? `: ${l.name}, ${seconds(l.wall_seconds ?? l.seconds)} in vain` : ""}`;
    case "learning": return "Eve is learning ...";
    case "waiting": return "Eve comes to it";
  }
  return p.sealed ? `Eve sees ${p.sealed} sealed messages` : "Eve listens";
}

function median(values) {
  const sorted = values.filter((v) => typeof v === "number").sort((a, b) => a - b), n = sorted.length;
  return n ? (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2 : null;
}

const RESTS = { lpn: "LPN", ring: "structured LPN, experimental", lwe: "LWE with small secrets, experimental" };

/** The table: [set, what it rests on, phones, keys, learner, median seconds, median tries] for each set, texts. */
export function costs(pupils) {
  const sets = new Map();
  for (const p of pupils) sets.set(p.set, [...(sets.get(p.set) ?? []), p]);
  return [...sets].map(([set, all]) => {
    const tried = all.filter((p) => p.eve === "key" || p.eve === "failed"), won = all.filter((p) => p.eve === "key");
    const best = (won.length ? won : tried).map(foremost).filter(Boolean);
    const time = median(best.map((l) => l.wall_seconds ?? l.seconds)), tries = median(best.map((l) => l.tries));
    const vain = tried.length && !won.length ? ", in vain" : "";
    return [`${set}${all[0].toy ? " (toy)" : ""}`, RESTS[all[0].task] ?? all[0].task, String(all.length),
      tried.length ? `${won.length} of ${tried.length}` : "not tried", [...new Set(best.map((l) => l.name))].join(", "),
      time === null ? "" : seconds(time) + vain, tries === null ? "" : String(Number(tries.toPrecision(3)))];
  });
}
