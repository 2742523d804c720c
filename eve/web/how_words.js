// What the page "How Alice does it" says of each chapter, at three levels, and the question with its answer. Numbers come
// from the session.

import { LPN } from "./how_words_lpn.js";
import { LWE } from "./how_words_lwe.js";
import { RING } from "./how_words_ring.js";
import { sayAll } from "./tongue.js";
import { number, power, raise } from "./units.js";

export const TITLES = sayAll({ puzzle: "Puzzle", choose: "A picture", cancel: "Cancelling", labels: "Labels", beliefs: "Beliefs", predict: "Prediction", count: "How many" });

// A number too large to be written: how many digits it has, and about how large it is.
export const digitsOf = (log10) => number(Math.floor(log10) + 1, 7);
export const about = (log10) => power(Math.floor(log10));

const WORDS = { lpn: LPN, ring: RING, lwe: LWE };

/** {title, text, question, answer} */
export function wordsFor(session, chapter, level) {
  const words = WORDS[session.task][chapter], told = (x) => raise(typeof x === "function" ? x(session) : x);
  return { title: words.title, text: told(words.text[level]), question: told(words.question[level]), answer: told(words.answer[level]) };
}
