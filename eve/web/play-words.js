// What the page of games says, at three levels. Numbers come from the game and from the laboratory.

import { say, sayAll } from "./tongue.js";
import { duration, number, percent, power, shareOf } from "./units.js";

export const GAMES = ["hand", "vote", "guess"];

export const WORDS = sayAll({
  pupil: {
    hand: {
      title: "Find Bob's places",
      tell: "Bob has chosen some of the eight places. For each row he counts the ones at his places and says whether the number is odd. Once he lies. Which places are his?",
      ask: "How many choices of places are there?",
      answer: "Each place is his or not: 2 times 2 times ..., eight times, which is 256. With 256 places it is a number of 78 digits.",
      why: (p) => say`His places are ${placesOf(p.secret)}, and row ${p.lie + 1} is the lie. Nine of ten rows agree with them, and with any other choice at most eight: all 256 were tried to make sure.`,
    },
    vote: {
      title: "Yes or no?",
      tell: "Here is a new picture. Bob says yes or no by his secret rule. What does he say? The four small ones are from the lesson: you know what he has said of them.",
      ask: "Could you do better if you saw more pictures?",
      answer: "Everybody who listens has seen all of them, with Bob's answers. To find the rule in them takes very many tries. Alice needs none: she has the captions.",
      why: (s) => say`You were right in ${shareOf(s.right / s.answers, s.answers)}, a coin in half of them. Alice was right in ${percent(s.judged_right / s.judged)} of ${number(s.judged, 5)} new pictures: Bob's lies are the rest.`,
    },
    guess: {
      title: "How long will Eve need?",
      tell: "The puzzle gets larger, and Alice hardly notices. Guess first how long Eve will need.",
      ask: "Twice as large a puzzle: does it take Eve twice as long?",
      answer: "No. Each time a little is added to the size, her time is multiplied. That is why she wins at 256 and has no chance at 2048.",
    },
  },
  student: {
    hand: {
      title: "n = 8 by hand",
      tell: "Ten vectors of eight bits. Bob's label is the sum modulo 2 of the bits at the ones of his secret s, and one label is wrong. Who finds s?",
      ask: "Without the lie eight rows would do. Why, and what does one lie cost?",
      answer: "Without noise it is a system of linear equations: Gauss solves it. With one lie somebody has to guess which rows are true, solve, and check on the others. At n = 256 one row in sixteen is wrong, and hardly any 256 of them are all true.",
      why: (p) => say`s = ${p.secret}; label ${p.lie + 1} is wrong. s disagrees with one label and each of the other 255 with two or more: all were tried when the puzzle was made. Here 256 tries do; at n = 256 there are ${power(256, 2)}.`,
    },
    vote: {
      title: "Predict a fresh label",
      tell: "A fresh vector of a real session at n256, as 16 times 16 dots. What is its label? You have what Eve has: vectors and noisy labels; four of them stand here.",
      ask: "Why has Alice not 100%?",
      answer: "Her hypothesis is Bob's parity itself. But Bob's label is wrong with probability 1/\u221an, here 1/16, and nobody can predict that: 15/16 is 93.75%.",
      why: (s) => say`The class ${shareOf(s.right / s.answers, s.answers)}. Who knows nothing lands between ${shareOf(s.coins_low, s.answers)} and ${shareOf(s.coins_high, s.answers)} in 95 of 100 such votes. Alice ${percent(s.judged_right / s.judged)} of ${number(s.judged, 5)} fresh vectors, 95% interval ${percent(s.alice_low, 2)} to ${percent(s.alice_high, 2)}; what is missing is Bob's noise.`,
    },
    guess: {
      title: "How long will Eve need?",
      tell: "With captions learning takes a power of n, without them exp(b\u221an) by what is measured. Guess before the bars run.",
      ask: "From the race at 64, 128 and 256: by which factor does her time grow, and by which at the next step?",
      answer: "The factor itself grows from step to step. A fixed factor for each doubling would be a power of n; this is more.",
    },
  },
  researcher: {
    hand: {
      title: "LPN at n = 8",
      tell: "z = Xs + e with ten rows and an error of weight one. Find s.",
      ask: "Which code is being decoded, and when is the answer unique?",
      answer: "The [10, 8] code of all Xs, by maximum likelihood. It is unique, and by two, if X has rank 8 and no code word of weight one or two has the lie's place; whoever made the puzzle has tried all 256 secrets instead.",
      why: (p) => say`s = ${p.secret}, e = row ${p.lie + 1}. The residual of s has weight 1, of each other secret at least 2, by exhaustion. Information-set decoding needs a set of eight rows that leaves out one lie.`,
    },
    vote: {
      title: "Risk on fresh samples",
      tell: "Fresh x of a real n256 session: predict z. The class has the unimodal view; four samples of it stand here.",
      ask: "The votes on one picture are not independent. Which interval is right?",
      answer: "Of a class that knows nothing each picture's label is one coin for all its votes. So the range is that of a sum of \u00b1(yes \u2212 no) over the pictures, computed exactly by convolution, and not a binomial one.",
      why: (s) => say`Class ${shareOf(s.right / s.answers, s.answers)}, exact 95% range under no knowledge ${shareOf(s.coins_low, s.answers)} to ${shareOf(s.coins_high, s.answers)} (labels as coins, votes given). Alice's h: ${percent(s.judged_right / s.judged)} of ${number(s.judged, 5)} i.i.d. fresh samples, Clopper-Pearson 95% ${percent(s.alice_low, 2)} to ${percent(s.alice_high, 2)}; 1 \u2212 \u03b8 = ${percent(1 - s.theta, 2)}.`,
    },
    guess: {
      title: "Eve's time against n",
      tell: "Bimodal: a power of n. Unimodal: exp(b\u221an), fitted to isd where it was measured. Guess, then run the bars.",
      ask: "What would make the extrapolation wrong?",
      answer: "A better algorithm, first of all: it is a fit to one implementation of information-set decoding. Nothing about it is proven.",
    },
  },
});

export const placesOf = (secret) => {
  const places = [...secret].flatMap((bit, i) => (bit === "1" ? [i + 1] : []));
  return places.length > 1 ? say`${places.slice(0, -1).join(", ")} and ${places.at(-1)}` : String(places[0]);
};

// Option i of a guess is 10^(i - 1) seconds.
export const guessSeconds = (option) => 10 ** (option - 1);
export const guessWords = (option) => duration(guessSeconds(option));
export const guessPower = (option) => `${power(option - 1)} s`;
