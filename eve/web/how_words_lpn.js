// The chapters of LPN in words, and the puzzle that comes before each task's.

import { say, sayAll } from "./tongue.js";
import { number, percent, power } from "./units.js";

export const PUZZLE = sayAll({
  title: "A picture puzzle",
  text: {
    pupil: "Under three pictures of noise lies a picture that means something. A dot on top of a dot cancels it.",
    student: "A picture XOR three of eight pictures of noise. Adding the same three again takes them off.",
    researcher: "The pads are public, the subset is secret: 56 of them are no secret, but the sets below have far more.",
  },
  question: {
    pupil: "Which pictures must be taken away?",
    student: "Why is what is left noise until the very last of the three is off?",
    researcher: "Eve sees all eight pictures. When does hiding the choice hide what lies under them?",
  },
  answer: {
    pupil: "Nobody sees that. The caption says it; without a caption one must try all 56 ways.",
    student: "One picture of noise is enough to make all dots random. Two thirds of the caption are worth nothing.",
    researcher: "When there are too many subsets to try and nothing better than trying: that is what dual LPN assumes.",
  },
});

export const LPN = sayAll({
  puzzle: PUZZLE,
  choose: {
    title: "Alice sends pictures",
    text: {
      pupil: (a) => say`Alice has sent ${number(a.m, 7)} plain pictures and ${number(a.k, 7)} that she has put together from them. Choose one of those.`,
      student: (a) => say`${number(a.m, 7)} uniform vectors and ${number(a.k, 7)} composed ones, of ${number(a.n, 7)} bits. Choose a composed one; only Alice has its recipe.`,
      researcher: (a) => say`x_(m+j) = u_j + the sum of ${a.w} rows of A (m = ${number(a.m, 7)}), u_j public. Rows j < 16 of the code have one bit.`,
    },
    question: {
      pupil: "What do you see in it?",
      student: "How would you tell a composed vector from a uniform one?",
      researcher: "On what does it rest that the composed vectors look uniform?",
    },
    answer: {
      pupil: "Noise. Everybody sees only noise, Eve too.",
      student: "By finding a few plain ones that add up to it. Nobody knows a fast way.",
      researcher: "On dual LPN with a secret of fixed weight w: it is assumed, not proven. At the toys it is broken in a moment.",
    },
  },
  cancel: {
    title: "What cancels",
    text: {
      pupil: "One after the other the pictures of the caption light up and are laid on top: a dot on a dot cancels it.",
      student: "The plain vectors of the recipe are added once more, modulo 2. Each takes itself off.",
      researcher: "x_(m+j) + the sum over R_j of a_i = u_j, the row of the public code; with a guessed R it is uniform.",
    },
    question: {
      pupil: "What will be left for Alice? And for Eve?",
      student: "Eve has all but one of the vectors right. How near is she?",
      researcher: "How many recipes are there, and does a partial one help?",
    },
    answer: {
      pupil: "One dot for Alice. Eve took other pictures: they add noise to noise.",
      student: "Not near at all: what is left is uniform until the last one is right.",
      researcher: "C(m, w). A part alone is not seen, but collisions of halves are: that is why w and m grow with n.",
    },
  },
  labels: {
    title: "Labels fold the same way",
    text: {
      pupil: "Bob said yes or no to each picture. Alice adds up his answers as she added up the pictures: yes + yes = no. Now and then he lied.",
      student: (a) => say`The sum of the ${a.w + 1} labels is the label of what is left: a bit of the code word of s, if an even number of labels is wrong.`,
      researcher: (a) => say`v_j = z_(m+j) + the sum of z_i = <u_j, s> + noise at the rate p = (1 - (1 - 2 theta)^${a.w + 1})/2 = ${number(a.p, 4)}; errors of plain labels are shared.`,
    },
    question: {
      pupil: "If one of the answers was a lie: is the sum right? And with two lies?",
      student: "Each label is wrong with theta. Why are the sums wrong so much more often?",
      researcher: "Why not more vectors in a recipe?",
    },
    answer: {
      pupil: "One lie makes it wrong, two lies make it right again.",
      student: "Every one of the labels in a sum can spoil it. Still fewer than half are spoilt, and that is enough.",
      researcher: "p tends to 1/2 and the capacity of the channel to 0; fewer, and the recipes are found by search.",
    },
  },
  beliefs: {
    title: "Beliefs settle",
    text: {
      pupil: (a) => say`Each dot is one of ${number(a.k, 7)} sums: orange is wrong, grey unsure. They help each other, as letters of a word do.`,
      student: "Belief propagation: each sum tells the bits of the secret what they should be, and hears what the others say.",
      researcher: "Forward-backward along 16 lanes of the code, then rounds over the plain errors, each from its prior theta. A dot is settled with 99 percent.",
    },
    question: {
      pupil: "Every fourth dot was wrong. How can all be right in the end?",
      student: "Which dots are wrong is not known to Alice. How does she know when to stop?",
      researcher: "What would Eve's learner need to move away from 1/2?",
    },
    answer: {
      pupil: "Each of Bob's bits stands in many dots. Most of them are right, and outvote the others.",
      student: "She takes what she believes and compares it with plain labels: a wrong secret misses half of them.",
      researcher: "Correct recipes in a constant share of the rows: wrong ones are a channel of capacity 0.",
    },
  },
  predict: {
    title: "Fresh pictures",
    text: {
      pupil: "New pictures from Bob, without captions. Alice says what he will say; so does Eve.",
      student: (a) => say`Alice's hypothesis needs no recipe any more. She is right but for Bob's own noise, ${percent(a.theta)}.`,
      researcher: (a) => say`h(x*) = <x*, h>: population risk theta = n^(-1/2) = ${number(a.theta, 4)}. Bob's bit passes masked only; here we look under the mask.`,
    },
    question: {
      pupil: "How often will Eve be right?",
      student: "Why is Alice not right always?",
      researcher: "What follows for a key if two sides agree on bits that a third can only guess?",
    },
    answer: {
      pupil: "Half of the time, like a coin. Alice nearly always: only Bob's lies surprise her.",
      student: "Bob's labels are noisy on fresh pictures, too. Better than him nobody can be.",
      researcher: "Bit agreement, and by repetition and hashing a key: the second statement of the theorem.",
    },
  },
  count: {
    title: "How many captions are possible",
    text: {
      pupil: "Eve does all that Alice does. She only has no captions.",
      student: "The same learner, the same labels; only the recipes are guessed.",
      researcher: "Counting says how many there are, not how hard they are to find: collisions need about the root of it.",
    },
    question: {
      pupil: "A computer tries a thousand million captions in a second. How long for all of one picture?",
      student: "Does Eve have to guess all recipes at once?",
      researcher: "Which of the two attacks is cheaper at this set: on the recipes, or on the labels?",
    },
    answer: {
      pupil: (a) => say`${power(Math.floor(a.recipe_log10) - 9)} seconds or so. A year has about ${power(7)}.`,
      student: "No: one after the other. But each alone takes that many tries, or a collision search.",
      researcher: "proto/DESIGN.md, section 5, has both for each set; at the toys the recipes.",
    },
  },
});
