// What the page says in words: each step at three levels, and what to look at in each scenario. No numbers here: those
// come from the programs. A2, B2, A3 and B3 are those of LPN first; the other tasks have their own below.

export const LEVELS = ["pupil", "student", "researcher"];

export const STEPS = {
  A1: {
    from: "alice", title: "Hello",
    pupil: "Alice says which size of puzzle she wants, and locks a number in a box.",
    student: "Alice names the parameter set and commits to a random number.",
    researcher: "Version, set, nonce, identity or none, and the commitment c_A = H(r_A).",
  },
  B1: {
    from: "bob", title: "Welcome",
    pupil: "Bob agrees, gives the meeting a name, and locks a number in a box too.",
    student: "Bob agrees to the set, names the session, and commits to a random number too.",
    researcher: "The same set, a nonce, the session's id, identity or none, and the commitment c_B = H(r_B).",
  },
  A2: {
    from: "alice", title: "Samples",
    pupil: "Alice sends many pictures that all look like noise. For some she alone knows the caption.",
    student: "Alice sends vectors: some uniform, some secretly composed of a few of those.",
    researcher: "A's seed for m plain vectors, and k composed ones: a codeword's row plus a sum of w plain vectors.",
  },
  B2: {
    from: "bob", title: "Labels",
    pupil: "Bob marks every picture yes or no by a secret rule. Now and then he lies.",
    student: "Bob labels each vector with a secret parity; some labels are wrong.",
    researcher: "z = <x,s> + e with e ~ Bernoulli(n^(-1/2)), for all m + k samples.",
  },
  A3: {
    from: "alice", title: "Learned",
    pupil: "With her captions Alice works out Bob's rule.",
    student: "Alice adds up labels as she added up vectors: a noisy code word of s, which she decodes.",
    researcher: "Joint belief propagation over codeword bits and plain errors, then the self-check; one bit is sent.",
  },
  B3: {
    from: "bob", title: "Challenge",
    pupil: "Bob sends new pictures and hides secret bits behind their marks.",
    student: "Bob sends fresh vectors, and random bits masked by their labels.",
    researcher: "512 distillate bits, each masked N times by labels of fresh vectors, and a Toeplitz hash.",
  },
  A4: {
    from: "alice", title: "Confirm",
    pupil: "Alice predicts the marks, uncovers the bits, and proves that she has the key.",
    student: "Alice unmasks the bits, makes the key, opens her commitment and proves the key.",
    researcher: "r_A, a signature or none, and a MAC under K_confirmA over the transcript.",
  },
  B4: {
    from: "bob", title: "Confirm",
    pupil: "Bob checks it, opens his box too, and proves that he has the same key.",
    student: "Bob verifies her proof, opens his commitment and proves that he has the same key.",
    researcher: "r_B, a signature or none, and a MAC under K_confirmB over T3, A4, r_B and the signature.",
  },
};

const WIRE = {
  pupil: "Eve sees all pictures and all marks, but no captions. To her every picture looks the same.",
  student: "Eve has the vectors and the noisy labels, and no recipes: learning parity with noise.",
  researcher: "The unimodal view (x, z): LPN at rate n^(-1/2), the composed rows being dual-LPN instances that share A.",
};

// Where another task says it otherwise.
const TASKS = {
  lpn: {
    wire: WIRE,
    pictures: {
      plain: "plain vectors, all uniform",
      composed: "composed vectors: these have a recipe, which only Alice knows",
    },
  },
  ring: {
    pictures: {
      plain: "the plain element h, turned by one place from row to row",
      composed: "the composed element x + h y: its recipe, x and y, only Alice knows",
    },
    A2: {
      pupil: "Alice sends two long pictures that look like noise. She has made one out of the other, and she alone knows how.",
      student: "Alice sends h, which all can compute from a seed, and x + h y. The sparse x and y are the caption, and stay with her.",
      researcher: "The seed of h, and sigma = x + h y in F2[X]/(X^n - 1), x and y of weight w: a 2-QCSD instance.",
    },
    B2: {
      pupil: "Bob mixes both pictures with a secret pattern of few dots, and sends what comes out. Some of its dots are wrong.",
      student: "Bob multiplies both by a sparse secret s, and makes some bits of each product wrong.",
      researcher: "z_h = h s + e1 and z_sigma = sigma s + e2; s, e1 and e2 of fixed weight.",
    },
    A3: {
      pupil: "With her caption Alice makes both answers cancel each other, and Bob's pattern shows.",
      student: "Alice computes z_sigma - y z_h: the dense part cancels, a product of sparse strings is left, and bit flipping finds s in it.",
      researcher: "x s + y e1 + e2 is a noisy syndrome of (s, e1) under the sparse quasi-cyclic code of x and y; acceptance is exact.",
    },
    B3: {
      pupil: "Bob sends new pictures and hides secret bits behind their answers.",
      student: "Bob sends fresh elements, and random bits masked by the bits of their products with s.",
      researcher: "512 distillate bits, each masked N times by label bits of fresh elements, fewer than n of each, and a Toeplitz hash.",
    },
    wire: {
      pupil: "Eve sees both pictures and both answers, but no caption. To her nothing cancels.",
      student: "Eve has h, x + h y and the noisy products, but not x and y: decoding of a quasi-cyclic code without its sparse form.",
      researcher: "The unimodal view: QCSD of index 2 and more, LPN with structure, and every rotation of a label is a target.",
    },
  },
  lwe: {
    pictures: {
      plain: "plain vectors, a number a square: the darker the larger",
      composed: "composed vectors: these have a recipe, which only Alice knows",
    },
    A2: {
      pupil: "Alice sends many pictures, lists of numbers that all look random. For some she alone knows how they were put together.",
      student: "Alice sends vectors modulo 2^16: some uniform, some composed by adding many of those and taking others away.",
      researcher: "A's seed for m plain vectors, and n composed ones: D u_j + r_j A with r_j from CBD(1), 2^-128-close to uniform.",
    },
    B2: {
      pupil: "Bob answers each picture with a number by a secret rule. Every number is a little off.",
      student: "Bob labels each vector with its product with a small secret, plus a small error.",
      researcher: "z = <x,s> + e modulo 2^16, s from CBD(2), e from CBD(eta), for all m + n samples.",
    },
    A3: {
      pupil: "With her captions Alice makes the big numbers cancel; what is left is near a step of a ladder, and tells one number of Bob's rule.",
      student: "Alice adds and subtracts labels as she did vectors: D times a number of the secret is left, plus small errors. She rounds.",
      researcher: "v_j = D s_j + e_(m+j) - r_j e, rounded to the nearest multiple of D; the self-check asks for |z - <a,h>| <= eta.",
    },
    B3: {
      pupil: "Bob sends new pictures and hides a secret bit behind the answer to each.",
      student: "Bob sends fresh vectors, and random bits masked by a label each: half the modulus is added for a one.",
      researcher: "512 distillate bits, each masked by one label (N = 1, |e| <= eta < q/4: never wrong), and a Toeplitz hash.",
    },
    wire: {
      pupil: "Eve sees all pictures and all answers, but no captions. To her every answer is a little off, and nothing cancels.",
      student: "Eve has the vectors and the labels with errors, and no recipes: learning with errors (LWE).",
      researcher: "The unimodal view (x, z): LWE with a small secret. The composed rows hide statistically; short recipes for them are inhomogeneous SIS.",
    },
  },
};

const ownWords = (task) => (Object.hasOwn(TASKS, task ?? "lpn") ? TASKS[task ?? "lpn"] : null);

// The words for a step of a task. said: what the programs say, for a task that this page does not know.
export function stepWords(name, task, said, level) {
  const own = ownWords(task);
  return own ? (own[name] ?? STEPS[name])[level] : said?.[name] ?? STEPS[name][level];
}

export function wireWords(task, said, level) {
  return ownWords(task)?.wire[level] ?? said?.label ?? "";
}

export function pictureWords(task) {
  return ownWords(task)?.pictures ?? TASKS.lpn.pictures;
}

// What the programs say of a task, in this order: the key in their words, and what it answers.
export const QUESTIONS = [
  ["picture", "A picture"], ["caption", "Its caption"], ["label", "Its label"],
  ["cancelled", "What is cancelled"], ["left", "What is left"], ["read_off", "How the rest is read off"],
];

// Where somebody is in between, whatever she hears is meant for her.
export const BETWEEN = {
  pupil: "Somebody plays Bob to Alice and Alice to Bob. In the meeting with Bob the captions are hers: she made the pictures.",
  student: "Two sessions with a key each. Towards Alice she labels, towards Bob she makes the recipes herself: she has no need to break anything.",
  researcher: "An active attacker runs both protocols honestly with parities, recipes and commitments of her own; T3 differs between the sessions, and so does what follows from it.",
};

// Against pinned keys she gets no further than who she says she is.
export const BETWEEN_PINNED = {
  pupil: "Somebody plays Bob to Alice and Alice to Bob. Each of them asks for a proof that she does not have.",
  student: "Alice and Bob each know the other's public key. She has neither secret key, so each session ends before a vector or a label is sent.",
  researcher: "An identity that is missing or not pinned ends the session at A1 or B1, before anything that depends on a secret.",
};

// What a scenario is about, with the set that was chosen. What came of it is said beside it, once it is known.
export const titleOf = (name, params) => SCENARIOS[name]?.title ?? (SCENARIOS[name] ? `Eve against ${params}` : name);

// at: what "look at" points to, by the stage's own names. The answer is behind a click.
export const SCENARIOS = {
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
      pupil: "The captions. Without them nothing cancels, and adding up noise gives noise.",
      student: "The recipes. Added up by a guessed recipe the vectors do not cancel, so what is left is no code word but coins.",
      researcher: "Uniform bits: the sum of the wrong vectors is uniform, and so is its label. The decoder gets a channel of capacity 0.",
    },
    look: {
      pupil: "How many answers Eve's best guess gets wrong: like a coin?",
      student: "The risk of Alice's learner when its recipes are guessed.",
      researcher: "The risk on unseen labels, with its interval: does it hold 1/2?",
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
};
