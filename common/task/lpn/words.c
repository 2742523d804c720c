#include "common/task/lpn/lpn.h"

const struct task_words lpn_words = {
    .a2 = "Alice sends vectors: some uniform, some secretly composed of those.",
    .b2 = "Bob labels them all by a secret parity; some labels are wrong.",
    .a3 = "Alice learns the parity from vectors, recipes and labels.",
    .b3 = "Bob sends new vectors, and random bits masked by their labels.",
    .seen_a2 = "every vector, but no recipe",
    .seen_b2 = "every label; some are wrong, nobody says which",
    .seen_b3 = "challenge vectors, and random bits masked by their labels",
    .picture = "A picture is a vector of n bits that looks uniform.",
    .caption =
        "The caption of a composed vector is its recipe: of which few plain vectors and which known one it is the "
        "sum.",
    .label = "A label is the parity of the bits that Bob's secret selects, and wrong at the rate theta.",
    .cancelled = "To a composed vector's label Alice adds those of the plain vectors in its recipe: they cancel.",
    .left = "What is left is a bit of a code word of the secret, wrong at the rate p.",
    .read_off = "Belief propagation decodes all these bits together.",
    .captions = "recipes",
    .risk = "theta",
    .checked = "plain labels",
    .iterations = "rounds of belief propagation",
};
