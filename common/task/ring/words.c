#include "common/task/ring/ring.h"

const struct task_words ring_words = {
    .a2 = "Alice sends two ring elements, h and x + h y; x and y stay secret.",
    .b2 = "Bob multiplies both by a sparse secret, and makes some bits wrong.",
    .a3 = "Alice learns the secret from both products, with x and y.",
    .b3 = "Bob sends new elements, and random bits masked by their labels.",
    .seen_a2 = "both elements, but not x and y",
    .seen_b2 = "both products; some bits are wrong, nobody says which",
    .seen_b3 = "new elements, and random bits masked by their labels",
    .picture = "A picture is an element of a ring: n bits that look uniform.",
    .caption = "The caption of the composed element is its recipe: the sparse x and y.",
    .label = "A label is the picture times Bob's sparse secret s, with w_e of its n bits wrong.",
    .cancelled = "From the composed element's label Alice takes y times the plain one's: the product h y s cancels.",
    .left =
        "What is left, x s + y e1 + e2, is a noisy syndrome of the sparse s and e1 under the x and y that she knows.",
    .read_off = "Bit flipping finds s and e1: it turns the bits that most of their equations are against.",
    .captions = "recipe",
    .risk = "w_e/n",
    .checked = "label bits",
    .iterations = "turns of bit flipping",
};
