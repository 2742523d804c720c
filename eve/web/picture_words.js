// What the pictures, the three figures and Eve's chart say themselves, at three levels of words. Numbers come from the
// programs. What is the same at each level stands once, in ALL.

import { heard, say, sayAll, several } from "./tongue.js";
import { number, percent, power, raise } from "./units.js";

const ALL = sayAll({
  waiting: "\u2026",
  round: (i, all, bits, r) => say`Round ${i} of ${all}: of ${number(bits, 6)} bits ${number(r.wrong, 6)} wrong, ${number(r.unsettled, 6)} unsettled (their number is measured, their places are not)`,
  places: "How many dots are wrong is measured; which ones they are is not told, so their places are drawn by chance.",
  reads: ["Alice reads", "Bob reads"],
  same: "= the same words",
  differ: "\u2260 not the same words",
  more: (n) => several(n, "{0} earlier message|{0} earlier messages"),
  wires: ["Alice and somebody", "somebody and Bob"],
  nothing: "nothing yet",
  stopped: "\u2691 stopped here",
  sessions: (n, set) => say`${n} sessions have run on this machine, at ${set} and n64`,
  first: "The first sessions run on this machine\u2026",
  ends: ["little noise", "a fixed share"],
  coin: "a coin",
  none: "none yet",
  done: "done",
});

const LEVELS = sayAll({
  pupil: {
    empty: "Nothing has happened yet.",
    invite: "Two agree on a secret, and one listens.",
    choose: "Choose a story",
    task: (params, task, experimental) => (experimental ? say`The puzzle ${params}, of the kind ${task}, which is new` : say`The puzzle ${params}, of the kind ${task}`),
    box: (who, shut) => (shut ? say`${who}'s box: locked` : say`${who}'s box: still open`),
    rests: (rests) => say`It keeps the secret as long as nobody knows a fast way to solve it (${rests}). Nobody has proven that there is none.`,
    untested: "Nobody outside has looked at it yet.",
    toy: (params, soon) => say`${params} is a toy: Eve opens it ${soon}.`,
    underway: "The pictures are on their way.",
    heaps: ["This heap?", "Or this one?"],
    show: "Show which",
    heap: { lpn: ["plain pictures: no captions", "these have captions, which only Alice knows"], ring: ["the plain picture, turned by one place from row to row", "the one with a caption, which only Alice knows"], lwe: ["plain lists of numbers: the darker the larger", "these have captions, which only Alice knows"] },
    labels: "; at the right what Bob says",
    learning: () => "Alice says whether she has found Bob's rule.",
    learned: (so) => (so ? "Alice has found Bob's rule." : "Alice has not found it, and asks for another try."),
    figure: (f) => say`${number(f.measured)} counted, about ${number(f.expected)} expected`,
    round: (i, all, bits, r) => say`Round ${i} of ${all}: of ${number(bits, 6)} dots ${number(r.wrong, 6)} are wrong and ${number(r.unsettled, 6)} unsure (counted; only their places are made up)`,
    masks: "New pictures, and secret bits behind Bob's answers to them.",
    behind: (n, repeat, all) => several(repeat, "{1} secret bits, each hidden behind one answer: {2} new pictures|{1} secret bits, each hidden behind {0} answers: {2} new pictures", repeat, n, number(all, 7)),
    off: (noise) => say`What Alice expects Bob to say is off by ${number(noise)} on average. That is so little that no bit is ever wrong.`,
    right: (share) => say`${percent(share)} right`,
    majority: (repeat) => say`What most of each ${repeat} answers say is the bit.`,
    follow: (words) => (words ? say`Five words follow from all that has passed: ${words}` : say("Five words follow from all that has passed.")),
    aloud: () => "They read them aloud: somebody in between makes them the same only with a chance of one in a million millions.",
    open: "The same messages, opened by Eve with her key",
    sealed: "What Eve sees: locked messages",
    begins: "The chat is open",
    rate: (often) => (often ? say`One answer in ${often} is a lie` : "Bob lies now and then"),
    learns: (who, n, all) => (n === 0 ? say`${who} does not learn the rule` : n === all ? say`${who} learns the rule` : say`${who} learns it in ${n} of ${all} tries`),
    so: { secret: "they have a secret from this Eve", open: "no secret, Eve has it too", none: "no secret, for Alice has none" },
    says: {
      learned: (so, wrong, all) => (so ? say`I have found the rule: ${number(wrong, 7)} of ${number(all, 7)} answers do not fit` : say`I have not found the rule: ${number(wrong, 7)} of ${number(all, 7)} answers do not fit`),
      predict: (share) => say`I am right about ${percent(share)} of the new pictures`,
      uncover: (bits) => say`I take the answers off ${bits} bits`,
      masked: (bits) => say`I have hidden ${bits} bits`,
    },
    eve: {
      key: (key) => say`Eve has the key: ${key}`, out: "Eve's time is up, and she has no key.", begins: "Eve begins.",
      works: (who, phase, rate) => say`Eve tries and tries: ${number(rate)} tries a second`,
      best: "Her best guess", tries: "Tries in the hill", expected: "How long she would need", wrong: (share) => say`${percent(share)} wrong`,
      axis: "answers that a try gets wrong", highest: (n) => ["longest bar:", n === "1" ? "1 try" : say`${n} tries`, "(log scale)"],
      bestMark: (share) => `Eve ${percent(share)}`,
    },
  },
  student: {
    empty: "Nothing has happened yet.",
    invite: "Two agree on a secret, and one listens.",
    choose: "Choose a scenario",
    task: (params, task, experimental) => (experimental ? say`The task of ${params}: ${task}, experimental` : say`The task of ${params}: ${task}`),
    box: (who, shut) => (shut ? say`${who}'s number: locked in` : say`${who}'s number: not yet`),
    rests: (rests) => say`Its secrecy rests on ${rests}: assumed, not proven.`,
    untested: "Nobody outside has looked at it yet.",
    toy: (params, soon) => say`${params} is a toy: an eavesdropper finds its key ${soon}.`,
    underway: "The samples are under way.",
    heaps: ["composed, or uniform?", "composed, or uniform?"],
    show: "Show which",
    heap: { lpn: ["plain vectors, all uniform", "composed vectors: these have a recipe, which only Alice knows"], ring: ["the plain element h, turned by one place from row to row", "the composed element x + h y: its recipe, x and y, only Alice knows"], lwe: ["plain vectors, a number a square: the darker the larger", "composed vectors: these have a recipe, which only Alice knows"] },
    labels: "; Bob's labels at the right",
    learning: (left) => (left ? say`What is left: ${left}` : "Alice says whether she has learned."),
    learned: (so) => (so ? "Alice has learned the secret." : "Alice has not learned it, and asks for another try."),
    figure: (f) => say`${number(f.measured)} measured, ${number(f.expected)} expected`,
    masks: "Fresh pictures, and secret bits behind their labels.",
    behind: (n, repeat, all) => several(repeat, "{1} secret bits, each behind one label: {2} fresh pictures|{1} secret bits, each behind {0} labels: {2} fresh pictures", repeat, n, number(all, 7)),
    off: (noise, expected) => say`Each label that Alice predicts is off by ${number(noise)} on average, ${number(expected)} expected, and may be off by a quarter of the modulus: no bit is ever wrong.`,
    right: (share, expected) => say`${percent(share)} right; expected ${percent(expected)}`,
    majority: (repeat, log2) => say`The majority of each ${repeat} decides; that one of all the bits comes out wrong has a chance of at most ${power(Math.ceil(log2), 2)}.`,
    follow: (words) => (words ? say`Five words follow from what has passed: ${words}` : say("Five words follow from what has passed.")),
    aloud: () => raise(say("Alice and Bob compare them aloud: somebody in between makes them the same only with probability 2^-40.")),
    open: "The same messages, as Eve reads them with her key",
    sealed: "What Eve sees of the chat",
    begins: "The chat is open",
    rate: (often, a, n) => (often ? say`One label in ${often} is a lie` : a ? say`Lies whose share falls as ${power(`-${a / 100}`, "n")}` : "A fixed share of lies"),
    learns: (who, n, all) => (n === 0 ? say`${who} does not learn` : n === all ? say`${who} learns` : say`${who} learns in ${n} of ${all} sessions`),
    so: { secret: "a secret, for the seconds that this Eve had", open: "no secret", none: "no agreement" },
    says: {
      learned: (so, wrong, all) => (so ? say`I have learned the secret: ${number(wrong, 7)} of ${number(all, 7)} labels differ` : say`I have not learned the secret: ${number(wrong, 7)} of ${number(all, 7)} labels differ`),
      predict: (share, all) => say`I predict ${percent(share)} of ${number(all, 7)} labels`,
      uncover: (bits, noise) => say`I uncover ${bits} bits, noise ${number(noise)} on average`,
      masked: (bits, repeat) => several(repeat, "I have masked {1} bits, once each|I have masked {1} bits, {0} times each", repeat, bits),
    },
    eve: {
      key: (key) => say`Eve has the key: ${key}`, out: "Eve has used her budget and has no key.", begins: "Eve begins.",
      works: (who, phase, rate) => say`${who}, ${phase}: ${number(rate)} tries a second`,
      best: "Best of Eve's tries", tries: "Tries in the hill", expected: "Expected time to success", wrong: (share) => say`${percent(share)} wrong`,
      axis: "labels that a try gets wrong", highest: (n) => ["longest bar:", n === "1" ? "1 try" : say`${n} tries`, "(log scale)"],
      bestMark: (share) => say`Eve's best ${percent(share)}`,
    },
  },
});

LEVELS.researcher = sayAll({
  ...LEVELS.student,
  task: (params, task, experimental, numbers) => [experimental ? say`${params}, ${task}, experimental` : `${params}, ${task}`, numbers].filter(Boolean).join(": "),
  box: (who, shut) => (shut ? say`c_${who[0]}: committed` : say`c_${who[0]}: not yet`),
  rests: (rests) => say`Secrecy: ${rests}, assumed.`,
  underway: "x is under way.",
  heaps: ["uniform, or composed?", "uniform, or composed?"],
  heap: { lpn: ["rows of A, from its seed", "codeword's row + w rows of A, chosen by the recipe"], ring: ["h, a rotation a row", "sigma = x + h y, a rotation a row"], lwe: ["rows of A modulo 2^16, from its seed: the darker the larger", "D u_j + r_j A modulo 2^16"] },
  labels: "; z at the right",
  learned: (so) => (so ? "The self-check holds: A3 = 1." : "The self-check fails: A3 = 0, and a new attempt."),
  round: (i, all, bits, r) => say`Iteration ${i} of ${all}: of ${number(bits, 6)} code bits ${number(r.wrong, 6)} wrong, ${number(r.unsettled, 6)} below 99 percent (measured; their places are not)`,
  masks: "Fresh x*, and distillate bits masked by their labels.",
  behind: (n, repeat, all) => say`${n} distillate bits, N = ${repeat} each: ${number(all, 7)} fresh x*`,
  right: (share, expected) => say`1 - risk: ${percent(share, 2)}, expected ${percent(expected, 2)}`,
  majority: (repeat, log2) => say`Majority of N = ${repeat}; P(any of the bits is wrong) is at most ${power(Math.ceil(log2), 2)}.`,
  follow: (words) => (words ? say`F = the first 40 bits of H(T3 || r_A || r_B): ${words}` : say("F = the first 40 bits of H(T3 || r_A || r_B).")),
  aloud: () => raise(say("Compared aloud: a sessions of Alices and b of Bobs give somebody in between at most a b 2^-40.")),
  open: "The ciphertexts, opened with Eve's key",
  sealed: "The ciphertexts",
  rate: (often, a, n) => (a ? say`${often ? `theta = 1/${often}` : "theta"}, falling as ${power(`-${a / 100}`, "n")}` : say`${often ? `theta = 1/${often}` : "theta"}, constant in n`),
  so: { secret: "bimodal succeeds, unimodal does not within its budget", open: "both succeed", none: "bimodal fails" },
  says: {
    ...LEVELS.student.says,
    learned: (so, wrong, all) => (so ? say`Accepted: ${number(wrong, 7)} disagreements on ${number(all, 7)} labels` : say`Not accepted: ${number(wrong, 7)} disagreements on ${number(all, 7)} labels`),
    predict: (share, all) => say`Agreement ${percent(share, 2)} on ${number(all, 7)} labels`,
  },
  eve: { ...LEVELS.student.eve, best: "Least risk of a try", wrong: (share, low, high) => (low === null ? percent(share) : say`${percent(share)} (${percent(low)} to ${percent(high)})`), tries: "Candidates in the hill", axis: "disagreement of a candidate", highest: (n) => ["longest bar:", n, "(log scale)"] },
});

export const picturesIn = (level) => ({ ...ALL, ...LEVELS[level] });

// ---- what a task is, for the youngest; the programs' own sentences are for the others

const TERMS = sayAll({
  lpn: {
    picture: "A strip of black and white dots.", caption: "Which few pictures were laid on top of each other to make it.",
    label: "Yes or no, by Bob's rule. Sometimes he lies.", cancelled: "The pictures of the caption: a dot on a dot is no dot.",
    left: "One dot of a secret message, sometimes wrong.", read_off: "The right dots outvote the wrong ones.",
  },
  ring: {
    picture: "A ring of black and white dots.", caption: "How far the plain ring was turned each time before it was laid on top, and a few dots more.",
    label: "The ring, mixed with Bob's few secret dots. Some dots are wrong.", cancelled: "The noise of the plain ring.",
    left: "Few dots, in which Bob's secret ones show.", read_off: "Dots that do not fit are turned, one after the other.",
  },
  lwe: {
    picture: "A list of numbers, like the hands of many clocks.", caption: "Which lists were added, and which taken away.",
    label: "A number by Bob's rule, always a little off.", cancelled: "The lists of the caption.",
    left: "A number near a step of a ladder.", read_off: "The nearest step tells one number of Bob's secret.",
  },
});

// said: what the programs say of it.
export const termsOf = (task, said, level) => (level === "pupil" && Object.hasOwn(TERMS, task) ? TERMS[task] : said && Object.fromEntries(Object.entries(said).map(([name, text]) => [name, heard(text)])));

export const heapWords = (task, level) => LEVELS[level].heap[Object.hasOwn(LEVELS[level].heap, task ?? "lpn") ? (task ?? "lpn") : "lpn"].map(raise);

// ---- what is said beside a picture that belongs to no step

export const TELLING = sayAll({
  idle: {
    pupil: "Two programs make a secret together, and everybody may listen.",
    student: "Two programs agree on a secret key over a line that anybody may listen to.",
    researcher: "Key agreement from bimodal learning, over a public channel.",
  },
  noise: {
    pupil: "Bob lies more and more often. Who still finds his rule?",
    student: "Bob lies more and more often. Who still learns his secret?",
    researcher: "The noise rate goes up. Which learner fails first?",
  },
  read: {
    pupil: "Eve has the key, and all that was locked lies open.",
    student: "Eve has the key, and what was sealed lies open.",
    researcher: "Eve's key verifies, and the ciphertexts decrypt.",
  },
  chat: {
    pupil: "Alice and Bob talk. Eve gets the same locked messages.",
    student: "Alice and Bob talk, sealed with their key. Eve has the same bytes.",
    researcher: "Authenticated encryption under the agreed key; the ciphertexts are public.",
  },
  found: {
    pupil: "Eve gets the same locked messages, and has the key.",
    student: "Eve has the same bytes, and the key.",
    researcher: "Eve has the ciphertexts, and the key.",
  },
  lost: {
    pupil: "Eve gets the same locked messages, and cannot open them.",
    student: "Eve has the same bytes, and cannot read them.",
    researcher: "Eve has the ciphertexts, and her budget is used.",
  },
  pinned: {
    pupil: "She has no proof of who she is, and gets no further.",
    student: "She has neither secret key, and gets no further.",
    researcher: "She has neither secret key: no sample or label passes.",
  },
  between: {
    pupil: "She gives Alice the answers, sends Bob the pictures, and passes on what they say.",
    student: "She labels for Alice, makes recipes for Bob, and passes on what they say.",
    researcher: "Parity and labels towards Alice, samples and recipes towards Bob, and plaintexts in between.",
  },
});

