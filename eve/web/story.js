// What the page says in words: each step at three levels, and what to look at in each scenario. No numbers here: those
// come from the programs.

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

export const WIRE = {
  pupil: "Eve sees all pictures and all marks, but no captions. To her every picture looks the same.",
  student: "Eve has the vectors and the noisy labels, and no recipes: learning parity with noise.",
  researcher: "The unimodal view (x, z): LPN at rate n^(-1/2), the composed rows being dual-LPN instances that share A.",
};

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

export const SCENARIOS = {
  "eve-wins": {
    goal: "See how far somebody comes who only listens.",
    question: "What does Eve need that she has plenty of at a small n?",
    look: "Whether Eve's risk falls from the coin's to Alice's within her budget, and then the chat in her column.",
  },
  "eve-fails": {
    goal: "See the same Eve against a larger n.",
    question: "Alice needed a fraction of a second. How much does it help Eve to try for longer?",
    look: "Eve's expected time to success, at the rate that she has just shown.",
  },
  "no-captions": {
    title: "No captions",
    goal: "Take away the second modality, and keep all the rest.",
    question: "Eve runs Alice's own learner here. What is missing?",
    look: "The risk of Alice's learner when its recipes are guessed.",
  },
  "too-much-noise": {
    title: "Too much noise",
    goal: "See why the noise must be low.",
    question: "If more noise makes it harder for Eve, why not use more?",
    look: "Where Alice's own learner stops learning. There are two sessions in a cell: where Eve's budget just reaches, it can change from run to run.",
  },
  "attacker": {
    title: "Somebody in between",
    goal: "See an attacker who does not only listen.",
    question: "Who would notice, and how?",
    look: "The two fingerprints.",
  },
  "attacker-pinned": {
    title: "Somebody in between, keys pinned",
    goal: "See the same attacker against sides that know each other's keys.",
    question: "What did Alice and Bob need to have beforehand?",
    look: "How far the session gets, and what each side says.",
  },
};
