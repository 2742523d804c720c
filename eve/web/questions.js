// A question to the class at each step, at three levels, and what to answer. They hold for every task.

import { sayAll } from "./tongue.js";
import { raise } from "./units.js";

const QUESTIONS = sayAll({
  A1: {
    pupil: ["Eve hears all of this. What does she know now?", "That two meet, and how large their puzzle is. Nothing of that opens anything."],
    student: ["Why does Alice fix a number now, and show it only at the end?", "So that nobody can choose it to fit: the five words follow from both numbers."],
    researcher: ["What would somebody in between gain if the numbers were sent openly?", "She could search for one that makes the words of both sessions the same: 2^40 tries are few."],
  },
  B1: {
    pupil: ["Both have locked a number in a box. What is that good for?", "Five words follow from both numbers at the end. Nobody could choose them before."],
    student: ["What have the two settled so far, and is any of it secret?", "The set, and two commitments. Nothing of it is secret: the secret comes from what is learned."],
    researcher: ["Why two commitments, and not one?", "With one, whoever commits to nothing could draw until the words suit her. Both are bound before either opens."],
  },
  A2: {
    pupil: ["One of the two heaps has captions. Which?", "Nobody can tell by looking, and neither can Eve. The button below the pictures shows it."],
    student: ["One of the two heaps is composed by secret recipes. Which?", "Nobody can tell by looking: about half of the class is right, like a coin. The button shows it."],
    researcher: ["Which test would tell the composed rows from uniform ones?", "None that is fast: for lpn and ring that is assumed, for lwe the two are 2^-128-close."],
  },
  B2: {
    pupil: ["Bob's answers are not all true. Who knows which?", "Bob alone. Alice does not know either, and manages without."],
    student: ["If no label were wrong, how would Eve find s?", "By solving linear equations, at once. The errors take that away."],
    researcher: ["How much noise is right?", "So much that equations without an error are rare, and so little that a sum of labels still says something."],
  },
  A3: {
    pupil: ["Alice has the same answers as Eve. What does she have besides?", "The captions: with them the noise cancels, and Bob's rule shows."],
    student: ["How does Alice know that what she has learned is right?", "She predicts labels that she has: a wrong secret misses very many, the right one only Bob's errors."],
    researcher: ["Why may A3 say in clear whether she has learned?", "One bit that is nearly always 1 tells nothing. How often or how well she learned would tell of the noise."],
  },
  B3: {
    pupil: ["Where are the secret bits now?", "Behind the answers to new pictures. Who knows Bob's rule takes the answers off."],
    student: ["Eve takes a coin for each label. What does she learn of a masked bit?", "Nothing: a bit plus a coin is a coin."],
    researcher: ["Why is a bit masked by many labels in one task and by one in another?", "Where predictions err at the noise rate a majority has to decide; a label of lwe is never off by a quarter of the modulus."],
  },
  A4: {
    pupil: ["How does Bob see that Alice has the key without hearing it?", "She sends something that can be made with that key alone."],
    student: ["Why a proof, and not just the chat?", "Another key would show as nonsense only later, and who has none must not come as far as the words."],
    researcher: ["What does the MAC cover, and why?", "The whole transcript: whatever was changed on the way makes it fail."],
  },
  B4: {
    pupil: ["Alice and Bob have five words each. What should they do?", "Read them aloud. If all are the same, nobody sits in between, but for a chance of one in a million millions."],
    student: ["What do equal words say, and what not?", "Nobody sits in between, except with probability 2^-40. Who only listens leaves no trace in them."],
    researcher: ["Alices have opened a numbers, Bobs have shown words b times. What is her chance?", "At most a b 2^-40: both numbers are fixed first, so each try is a session that people see."],
  },
  chat: {
    pupil: ["Eve has all of these locked messages. What does she lack?", "The key. She would have to find Bob's rule without captions."],
    student: ["Eve can store this and try for years. Does that help?", "Only if her time to success is within these years: it is the same work now and then."],
    researcher: ["What would reading one message tell of the next session?", "Nothing: seeds, secrets and numbers serve one attempt."],
  },
});

/** {question, answer} at this step or in the chat. */
export function questionAt(step, level) {
  const [question, answer] = QUESTIONS[step][level];
  return { question: raise(question), answer: raise(answer) };
}
