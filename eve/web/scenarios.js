// What each scenario is about, at three levels of words: its goal, a question to the class with its answer, and where to look.

import { say, sayAll } from "./tongue.js";

// Where somebody is in between, whatever she hears is meant for her.
export const BETWEEN = sayAll({
  pupil: "Somebody plays Bob to Alice and Alice to Bob. In the meeting with Bob the captions are hers: she made the pictures.",
  student: "Two sessions with a key each. Towards Alice she labels, towards Bob she makes the recipes herself: she has no need to break anything.",
  researcher: "An active attacker runs both protocols honestly with parities, recipes and commitments of her own; T3 differs between the sessions, and so does what follows from it.",
});

// Against pinned keys she gets no further than who she says she is.
export const BETWEEN_PINNED = sayAll({
  pupil: "Somebody plays Bob to Alice and Alice to Bob. Each of them asks for a proof that she does not have.",
  student: "Alice and Bob each know the other's public key. She has neither secret key, so each session ends before a vector or a label is sent.",
  researcher: "An identity that is missing or not pinned ends the session at A1 or B1, before anything that depends on a secret.",
});

// What a scenario is about, with the set that was chosen. What came of it is said beside it, once it is known.
export const titleOf = (name, params) => SCENARIOS[name]?.title ?? (SCENARIOS[name] ? say`Eve against ${params}` : name);

// at: what "look at" points to, by the stage's own names. The answer is behind a click.
export const SCENARIOS = sayAll({
  "eve-wins": {
    at: "#tries, #chat-eve",
    goal: {
      pupil: "See how far somebody comes who only listens.",
      student: "See how far somebody comes who only listens.",
      researcher: "See the unimodal learner against a small dimension.",
    },
    question: {
      pupil: "Eve can only guess and try. Why does that do here?",
      student: "What does Eve need that she has plenty of at a small n?",
      researcher: "What is the success probability of one try, and how many does she make in a second?",
    },
    answer: {
      pupil: "There are few guesses to try, and her computer makes very many in a second. One of them fits.",
      student: "Tries. She needs n samples without a wrong label; at a small n some of her guesses have none, or as few as she can repair.",
      researcher: "About exp(-c sqrt n) with Stern's search. At n = 256 that times the rate of tries is about one in a second.",
    },
    look: {
      pupil: "Eve's hill of wrong guesses: does one guess jump over it? Then the locked messages open.",
      student: "Whether one of Eve's tries jumps from the hill at 50% to Alice's needle, and then her column of the chat.",
      researcher: "The candidates' disagreement: the hill near 1/2, the needle at theta, and the one candidate there; then the plaintexts.",
    },
  },
  "eve-fails": {
    at: "#expected",
    goal: {
      pupil: "See the same Eve with a bigger puzzle.",
      student: "See the same Eve against a larger n.",
      researcher: "See how the cost of one success grows with n for both learners.",
    },
    question: {
      pupil: "Alice was done at once. Will Eve be done if she tries all day?",
      student: "Alice needed a fraction of a second. How much does it help Eve to try for longer?",
      researcher: "Which budget would make her success likely, and how does it grow from one set to the next?",
    },
    answer: {
      pupil: "No: not in a day, and not in a life. The puzzle is only a few times larger, but the guesses are very many more.",
      student: "Hardly. Twice the time is twice the chance, and the chance is tiny; a larger n makes it smaller by a factor each time.",
      researcher: "The reciprocal of rate and success probability, which is exp(Theta(sqrt n)); Alice's work grows as a small power of n.",
    },
    look: {
      pupil: "The time that Eve would need.",
      student: "Eve's expected time to success, at the rate that she has just shown.",
      researcher: "Expected time to success: measured rate, modelled success probability of a try.",
    },
  },
  "no-captions": {
    title: "No captions",
    at: "#risk",
    goal: {
      pupil: "Take Alice's captions away, and keep all the rest.",
      student: "Take away the second modality, and keep all the rest.",
      researcher: "The ablation: the bimodal learner with guessed recipes.",
    },
    question: {
      pupil: "Eve does just what Alice does. What is missing?",
      student: "Eve runs Alice's own learner here. What is missing?",
      researcher: "The code, the decoder and the labels are the same. What does a wrong recipe turn the code word into?",
    },
    answer: {
      pupil: "The captions. Without them nothing cancels, and adding up noise gives noise. Of many guesses some fit a few answers better, as some of many coins do; with other answers that is over.",
      student: "The recipes. Added up by a guessed recipe the vectors do not cancel, so what is left is no code word but coins. The best of many tries fits the labels by which it was chosen too well; its risk is of others.",
      researcher: "Uniform bits: the sum of the wrong vectors is uniform, and so is its label. The decoder gets a channel of capacity 0. The minimum over the candidates is biased by the selection; the risk is of labels that took no part in it.",
    },
    look: {
      pupil: "How many answers Eve's best guess gets wrong: like a coin? Bars further left were luck.",
      student: "The risk of Alice's learner when its recipes are guessed. Bars left of it are luck: the least of many coins.",
      researcher: "The risk on unseen labels, with its interval: does it hold 1/2? The least of many candidates lies left of it by chance.",
    },
  },
  "too-much-noise": {
    title: "Too much noise",
    at: "#noise-verdict",
    goal: {
      pupil: "See why Bob may not lie too often.",
      student: "See why the noise must be low.",
      researcher: "Walk through the window of noise, from n^-1 to constant.",
    },
    question: {
      pupil: "If more lies make it harder for Eve, why not lie more?",
      student: "If more noise makes it harder for Eve, why not use more?",
      researcher: "At constant noise LPN is harder. Why is there no agreement with this learner?",
    },
    answer: {
      pupil: "Because Alice adds up many answers, and with them the lies. Too many, and she cannot tell yes from no.",
      student: "Alice adds up w + 1 labels for each bit of her code word; their noise adds up, too, and is a coin before Eve's is.",
      researcher: "The piling-up lemma: the code's noise is 1/2 - (1 - 2 theta)^(w+1)/2, and at constant theta no w is both large enough to hide and small enough to decode.",
    },
    look: {
      pupil: "Push the noise up: when does Alice stop learning?",
      student: "Where Alice's own learner stops learning, and whether Eve stops before her.",
      researcher: "Who learns at this rate. There are two sessions in a cell: where Eve's budget just reaches, it can change from run to run.",
    },
  },
  "attacker": {
    title: "Somebody in between",
    at: "#compare-alice, #compare-bob",
    goal: {
      pupil: "See somebody who does not only listen, but changes the letters.",
      student: "See an attacker who does not only listen.",
      researcher: "See an active attacker against unauthenticated peers.",
    },
    question: {
      pupil: "Who would notice, and how?",
      student: "Who would notice, and how?",
      researcher: "Which values differ between the two sessions, and which of them do people see?",
    },
    answer: {
      pupil: "Alice and Bob, if they read their five words to each other: the words are not the same.",
      student: "Nobody but Alice and Bob, by comparing their five words: she cannot make both sessions have the same ones.",
      researcher: "The transcripts, and with them the fingerprints. Both sides commit before they open, so she has one try at 2^-40 and no search.",
    },
    look: {
      pupil: "The two rows of five words.",
      student: "The two fingerprints.",
      researcher: "The two fingerprints, which follow from the two transcripts and the opened commitments.",
    },
  },
  "attacker-pinned": {
    title: "Somebody in between, keys pinned",
    at: "#flag",
    goal: {
      pupil: "See the same attacker when Alice and Bob know each other's seal.",
      student: "See the same attacker against sides that know each other's keys.",
      researcher: "See the same attacker against pinned identities.",
    },
    question: {
      pupil: "What did Alice and Bob need to have beforehand?",
      student: "What did Alice and Bob need to have beforehand?",
      researcher: "Before which message is she stopped, and what has each side given away by then?",
    },
    answer: {
      pupil: "The picture of each other's seal, from somebody whom they trust.",
      student: "Each other's public key, from a place that she could not change.",
      researcher: "Before any sample or label: an identity that is missing or not pinned ends the session at A1 or B1.",
    },
    look: {
      pupil: "The flag that stops her, and how far the letters get.",
      student: "How far the session gets, and what each side says.",
      researcher: "The step at which each session ends, and the reason that each side gives.",
    },
  },
});
