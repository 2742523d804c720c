// The chapters of LWE in words.

import { PUZZLE } from "./how_words_lpn.js";
import { say, sayAll } from "./tongue.js";
import { number, power } from "./units.js";

export const LWE = sayAll({
  puzzle: PUZZLE,
  choose: {
    title: "Alice sends rows of clocks",
    text: {
      pupil: (a) => say`A picture is ${a.n} clocks, each with one hand. Alice sends ${number(a.m, 6)} plain pictures, and ${a.n} that she has put together from them.`,
      student: (a) => say`${number(a.m, 6)} uniform vectors of ${a.n} numbers modulo 2\u00b9\u2076, and ${a.n} composed ones. A number is drawn as the hand of a clock.`,
      researcher: (a) => say`x_(m+j) = D u_j + the sum of r_(j,i) a_i with r_j in {-1, 0, 1}^${a.m}, u_j unit vector j, D = floor(q/5) = ${number(a.distance, 5)}.`,
    },
    question: {
      pupil: "What does the composed picture show?",
      student: "How would you tell it from a plain one?",
      researcher: "On what does it rest that composed vectors look uniform?",
    },
    answer: {
      pupil: "Hands that point anywhere. Everybody sees only that, Eve too.",
      student: "Not at all: even with all computers there are. It is as good as uniform.",
      researcher: "On nothing that is assumed: by the leftover hash lemma they are within 2^-128 of uniform. LWE needs one assumption less than LPN.",
    },
  },
  cancel: {
    title: "Hands turn back",
    text: {
      pupil: "For each picture of the caption all hands are turned back as far as its hands show, or forth.",
      student: "Each plain vector of the recipe is taken away (or added) modulo 2\u00b9\u2076. About half of all are in a recipe.",
      researcher: "x_(m+j) - the sum of r_(j,i) a_i = D u_j, exactly; with a guessed r it is uniform.",
    },
    question: {
      pupil: "How many clocks will still show something at the end?",
      student: "Half of the vectors are in a recipe. Why is that no problem for Alice?",
      researcher: "Why five levels, and D = floor(q/5)?",
    },
    answer: {
      pupil: "For Alice one, which shows a fifth of the circle. For Eve all of them.",
      student: "The vectors cancel exactly, however many they are; only the errors of the labels add up.",
      researcher: "Entries of s are -2 ... 2. The hand of D s_j then has a fifth of the circle for noise, half to each side.",
    },
  },
  labels: {
    title: "Labels turn with them",
    text: {
      pupil: "Bob's answer to a picture is a clock as well, and each is a little off. Alice turns his hands as she turned her own.",
      student: (a) => say`The label is the product with Bob's small secret, plus an error of about ${number(a.label_error_expected, 2)} in 65,536. What is left is D times one number of his secret, and the sum of errors.`,
      researcher: (a) => say`v_j = z_(m+j) - the sum of r_(j,i) z_i = D s_j + noise, CBD of variance eta/2 (|r|\u00b2 + 1), eta = ${a.eta}.`,
    },
    question: {
      pupil: "Many answers are a little off. How far off is their sum?",
      student: "Hundreds of errors are added. Why does the sum stay so small?",
      researcher: "How often does rounding fail at this set?",
    },
    answer: {
      pupil: "Not far: some are too far left, some too far right. The hand still points near a mark.",
      student: "Errors of both signs mostly cancel: the sum grows as the root of their number.",
      researcher: "Less than once in 2^40 sessions, by an exact bound over all entries.",
    },
  },
  beliefs: {
    title: "Read off by rounding",
    text: {
      pupil: "All sums on one clock. Alice reads off for each hand the mark that is nearest.",
      student: "No round is needed: each number of the secret is the multiple of D that is nearest to its sum.",
      researcher: "Rounding coordinate by coordinate; then the check that no plain label is off by more than eta.",
    },
    question: {
      pupil: "Which marks does Eve read off?",
      student: "Why does LWE need no decoder as LPN does?",
      researcher: "Why does one label that is too far off suffice to refuse?",
    },
    answer: {
      pupil: "Any: her hands point everywhere. She reads off noise.",
      student: "A number says more than a bit: noise that is small against a fifth of q does no harm at all.",
      researcher: "Noise is CBD(eta), which is never larger than eta: an honest secret passes always.",
    },
  },
  predict: {
    title: "Fresh pictures",
    text: {
      pupil: "A new picture from Bob. His hand is green; how near does Alice point? How near Eve?",
      student: "Alice's hypothesis gives Bob's number but for his error. For a masked bit it has to be within a quarter of the circle.",
      researcher: "A masked label is z* + floor(q/2) d: d is read off if |z* - h(x*)| < q/4. Here we look under the mask.",
    },
    question: {
      pupil: "How often will Eve point into the right half?",
      student: "Alice is never wrong here, unlike with LPN. Why?",
      researcher: "Why is each bit masked only once?",
    },
    answer: {
      pupil: "Half of the time, like a coin.",
      student: (a) => say`Bob's error is at most ${number(a.eta, 5)}, and a quarter is 16,384.`,
      researcher: "Noise below q/4 in size never flips it: no repetition, and no failure.",
    },
  },
  count: {
    title: "How many captions are possible",
    text: {
      pupil: "Eve does all that Alice does. She only has no captions.",
      student: "Each of the plain vectors can be added, taken away or left out.",
      researcher: "So many that each composed vector has very many recipes: none can be told from another.",
    },
    question: {
      pupil: "A computer tries a thousand million captions in a second. How long for all of one picture?",
      student: "What will Eve try instead of guessing captions?",
      researcher: "Several recipes give the same vector. Why does only Alice's help?",
    },
    answer: {
      pupil: (a) => say`${power(Math.floor(a.recipe_log10) - 9)} seconds or so. A year has about ${power(7)}.`,
      student: "To find the secret from vectors and labels alone, by lattice reduction: at a toy that takes seconds.",
      researcher: "It is short. A long one cancels as well, but adds up too many errors; short ones are a lattice problem.",
    },
  },
});
