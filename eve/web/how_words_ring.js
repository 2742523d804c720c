// The chapters of the ring task in words.

import { PUZZLE } from "./how_words_lpn.js";
import { say, sayAll } from "./tongue.js";
import { number, percent, power } from "./units.js";

export const RING = sayAll({
  puzzle: PUZZLE,
  choose: {
    title: "Alice sends two rings",
    text: {
      pupil: (a) => say`A ring of ${a.n} dots, and a second one: the first one turned in ${a.w} secret ways, all laid on top of each other, and ${a.w} dots more.`,
      student: (a) => say`h is uniform, sigma = x + h y. A product with y is a sum of ${a.w} rotations; x and y have ${a.w} ones each.`,
      researcher: (a) => say`R = F2[X]/(X^${a.n} - 1). One composed sample, sigma = x + h y with x, y of weight ${a.w}; the hiding of sigma is assumed.`,
    },
    question: {
      pupil: "Which of the two rings is the composed one?",
      student: "Why do two rings do where LPN needs thousands of vectors?",
      researcher: "What does Eve gain by the structure?",
    },
    answer: {
      pupil: "Nobody can see it: both look like noise.",
      student: (a) => say`Each ring has ${a.n} rotations, and each of them is a vector: one ring is as good as ${a.n} of those.`,
      researcher: (a) => say`Every rotation of a target is a target: about the root of ${a.n} in time. Worse is not known; that is why the task is experimental.`,
    },
  },
  cancel: {
    title: "Rotations cancel",
    text: {
      pupil: "The first ring is turned as the caption says, and laid on the second: a dot on a dot cancels it.",
      student: "Each rotation of h that y names is added once more, and takes itself off; x is left.",
      researcher: "sigma + h y = x; with a guessed y' it is x + h (y + y'), uniform for uniform h up to its parity.",
    },
    question: {
      pupil: "How many dots will be left for Alice? And for Eve?",
      student: "Eve has all rotations right but one. What is left?",
      researcher: "How would one look for x and y, if not by guessing?",
    },
    answer: {
      pupil: (a) => say`For Alice the ${a.w} dots that she added herself. For Eve noise.`,
      student: "Noise: two rings of noise on top of each other, the right one missing and a wrong one too many.",
      researcher: "As short words of a code: information set decoding, with all rotations as targets.",
    },
  },
  labels: {
    title: "Labels turn the same way",
    text: {
      pupil: (a) => say`Bob's answer to a ring is a ring. In each he has turned ${a.w_e} dots into lies. Alice turns and adds his rings just like her own.`,
      student: (a) => say`z_h = h s + e1, z_sigma = sigma s + e2, with ${a.w_e} lies each. Alice takes y z_h off z_sigma: h y s cancels.`,
      researcher: (a) => say`v = x s + y e1 + e2: a noisy syndrome of the sparse (s, e1); expected share of ones ${number(a.p, 3)}.`,
    },
    question: {
      pupil: "In noise half of the places have a dot. How many have one in Alice's sum?",
      student: "Why do fewer than half of the places have a dot?",
      researcher: "Why is the noise of a label of fixed weight?",
    },
    answer: {
      pupil: (a) => say`About ${percent(a.p, 0)}: it is no noise any more, and so says something.`,
      student: "All that is left are products of rings with few dots: they stay rings with few dots.",
      researcher: "So that the learner's threshold can be a constant of the set, and a broken Bob is noticed exactly.",
    },
  },
  beliefs: {
    title: "Bits are turned until all fits",
    text: {
      pupil: "Each dot of the sum is a riddle about Bob's secret. A bit that many riddles are against is turned.",
      student: "Bit flipping: each equation that does not fit votes against the bits in it; those with the most votes are turned.",
      researcher: "Gallager's bit flipping on (x | y) with a noisy syndrome; e2 is what may stay.",
    },
    question: {
      pupil: "Where does Alice stop?",
      student: "Some equations never fit. Why is that no problem?",
      researcher: "Eve's equations fit better and better as well. What does she find?",
    },
    answer: {
      pupil: "When all that is left can be Bob's lies, and no more.",
      student: (a) => say`They are Bob's ${a.w_e} lies in the second label. If that many are left, and no more, the rest is right.`,
      researcher: "Strings with far too many ones: with 2 n unknowns n equations can be made to fit, by anything.",
    },
  },
  predict: {
    title: "A dot of a fresh ring",
    text: {
      pupil: "A new ring from Bob, and the pointer shows which dot of the answer is asked for.",
      student: (a) => say`Alice multiplies the fresh ring by what she has found; Bob's answer is wrong with ${percent(a.theta)}.`,
      researcher: (a) => say`Coefficient j of x* s; risk w_e/n = ${number(a.theta, 3)}. Bob's bit passes masked only; here we look under the mask.`,
    },
    question: {
      pupil: "How often will Eve be right?",
      student: "Why is Alice not right always?",
      researcher: "Why does a block of challenges leave out the last dots of a product?",
    },
    answer: {
      pupil: "Half of the time, like a coin. Alice nearly always: only Bob's lies surprise her.",
      student: "Bob's answers to fresh rings have lies, too. Better than him nobody can be.",
      researcher: "The sum over all dots is known to everybody, since X - 1 divides X^n - 1; the last one would tell the parity of the noise.",
    },
  },
  count: {
    title: "How many captions are possible",
    text: {
      pupil: "Eve does all that Alice does. She only has no caption.",
      student: "The same learner, the same labels; only x and y are guessed.",
      researcher: "Counting says how many there are, not how hard they are to find.",
    },
    question: {
      pupil: "A computer tries a thousand million captions in a second. How long for all?",
      student: "Does Eve have to guess x as well?",
      researcher: "What is the best that is known against this set?",
    },
    answer: {
      pupil: (a) => say`${power(Math.floor(a.recipe_log10) - 9)} seconds or so. A year has about ${power(7)}.`,
      student: "No: with the right y the rest shows by its few dots. That is the root of the number.",
      researcher: "Decoding: eve estimate has the costs. This set is a toy, and opened in a moment.",
    },
  },
});
