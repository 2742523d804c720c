// What the page "How Alice does it" says of each chapter, at three levels, and the question with its answer. Numbers come
// from the session.

import { LPN } from "./how_words_lpn.js";
import { LWE } from "./how_words_lwe.js";
import { RING } from "./how_words_ring.js";
import { number, power, raise } from "./units.js";

export const TITLES = { puzzle: "Puzzle", choose: "A picture", cancel: "Cancelling", labels: "Labels", beliefs: "Beliefs", predict: "Prediction", count: "How many" };

// A number too large to be written, by how many digits it has.
export const digits = (log10) => `a number of ${number(Math.floor(log10) + 1, 7)} digits`;
digits.power = (log10) => power(Math.floor(log10));

const WORDS = { lpn: LPN, ring: RING, lwe: LWE };

/** {title, text, question, answer} */
export function wordsFor(about, chapter, level) {
  const words = WORDS[about.task][chapter], say = (x) => (typeof x === "function" ? x(about) : x);
  return { title: words.title, text: raise(say(words.text[level])), question: raise(say(words.question[level])), answer: raise(say(words.answer[level])) };
}
