// What the page says in words: each step at three levels, and what to look at in each scenario. No numbers here: those
// come from the programs. A2, B2, A3 and B3 are those of LPN first; the other tasks have their own below.

import { sayAll } from "./tongue.js";

export const LEVELS = ["pupil", "student", "researcher"];

const IN_STEPS = {
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

export const STEPS = sayAll(IN_STEPS);

const WIRE = {
  pupil: "Eve sees all pictures and all marks, but no captions. To her every picture looks the same.",
  student: "Eve has the vectors and the noisy labels, and no recipes: learning parity with noise.",
  researcher: "The unimodal view (x, z): LPN at rate n^(-1/2), the composed rows being dual-LPN instances that share A.",
};

// Where another task says it otherwise.
const TASKS = {
  lpn: {
    wire: WIRE,
  },
  ring: {
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

const OWN = sayAll(TASKS);
OWN.lpn.wire = sayAll(WIRE);
const ownWords = (task) => (Object.hasOwn(OWN, task ?? "lpn") ? OWN[task ?? "lpn"] : null);

// The words for a step of a task. said: what the programs say, for a task that this page does not know.
export function stepWords(name, task, said, level) {
  const own = ownWords(task);
  return own ? (own[name] ?? STEPS[name])[level] : said?.[name] ?? STEPS[name][level];
}

export function wireWords(task, said, level) {
  return ownWords(task)?.wire[level] ?? said?.label ?? "";
}

// What the programs say of a task, in this order: the key in their words, and what it answers.
const ASKED = sayAll({
  picture: "A picture", caption: "Its caption", label: "Its label",
  cancelled: "What is cancelled", left: "What is left", read_off: "How the rest is read off",
});
export const QUESTIONS = Object.entries(ASKED);
