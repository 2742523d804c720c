#include "common/task/lwe/lwe.h"

const struct task_words lwe_words = {
    .a2 = "Alice sends vectors mod 2^16: some uniform, some composed of those.",
    .b2 = "Bob labels them by products with a secret; each has a small error.",
    .a3 = "Alice learns the secret from vectors, recipes and labels.",
    .b3 = "Bob sends new vectors, and random bits masked by their labels.",
    .seen_a2 = "every vector, but no recipe",
    .seen_b2 = "every label; each is a little wrong, nobody says by how much",
    .seen_b3 = "challenge vectors, and random bits masked by their labels",
    .picture = "A picture is a vector of n numbers modulo 2^16 that looks uniform.",
    .caption = "The caption of a composed vector is its recipe: which plain vectors are added, and which taken away, "
               "beside a known one.",
    .label = "A label is the inner product with Bob's small secret, modulo 2^16, plus a small error.",
    .cancelled =
        "From a composed vector's label Alice takes those of the plain vectors, as its recipe says: they cancel.",
    .left = "What is left is D times one number of the secret, plus a sum of small errors.",
    .read_off = "Rounding to the nearest multiple of D reads it off.",
    .captions = "recipes",
    .risk = "risk",
    .checked = "plain labels",
    .iterations = "rounding",
};
