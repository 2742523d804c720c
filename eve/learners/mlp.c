/* A neural network with one hidden layer, with FANN: Nissen, Implementation of a fast artificial neural network
 * library, University of Copenhagen, 2003; trained with RPROP. */
#include "eve/learners/generic.h"
#include "eve/learners/learners.h"

#ifdef HAVE_FANN
#include <errno.h>
#include <fann.h>
#include <stdlib.h>
#include <string.h>

static float sign(unsigned bit) {
    return bit ? 1 : -1;
}

struct trained {
    struct fann *net;
    fann_type *row;
};

static int predict_rows(void *context, const struct generic *g, size_t first, size_t n, uint8_t *predictions) {
    const struct trained *trained = context;
    for (size_t i = first; i < first + n; i++) {
        for (size_t f = 0; f < g->n_features; f++)
            trained->row[f] = sign(generic_query(g, i, f));
        bit_xor(predictions, i, *fann_run(trained->net, trained->row) > 0);
    }
    return 0;
}

static int fit(const struct generic *g) {
    enum { HIDDEN = 16, EPOCHS = 300 };
    struct fann_train_data *data = fann_create_train((unsigned)g->n_train, (unsigned)g->n_features, 1);
    struct fann *net = fann_create_standard(3, (unsigned)g->n_features, HIDDEN, 1);
    struct trained trained = {net, malloc(g->n_features * sizeof *trained.row)};
    int error = data && net && trained.row ? 0 : -ENOMEM;
    if (!error) {
        for (size_t i = 0; i < g->n_train; i++) {
            for (size_t f = 0; f < g->n_features; f++)
                data->input[i][f] = sign(generic_train(g, i, f));
            data->output[i][0] = sign(bit_get(g->labels, i));
        }
        fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
        fann_set_activation_function_output(net, FANN_SIGMOID_SYMMETRIC);
        fann_set_training_algorithm(net, FANN_TRAIN_RPROP);
        fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
        srand(g->seed); /* creating it has seeded rand() with the time */
        fann_randomize_weights(net, -0.05f, 0.05f);
    }
    for (int epoch = 1, next = 1; !error && epoch <= EPOCHS; epoch++) {
        fann_train_epoch(net, data);
        if (epoch == next || epoch == EPOCHS) {
            error = generic_report(g, g->n_train, g->n_query, predict_rows, &trained);
            next += next / 4 + 1;
        }
    }
    free(trained.row);
    if (net)
        fann_destroy(net);
    if (data)
        fann_destroy_train(data);
    return error;
}

GENERIC_LEARNER(mlp, "a neural network (FANN), which knows nothing of parities", fit)
#else
GENERIC_MISSING(mlp, "a neural network (FANN), which knows nothing of parities", "FANN")
#endif
