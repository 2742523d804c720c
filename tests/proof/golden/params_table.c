/* Prints the parameter tables of WIRE.md, section 2, as the code has them. tests/proof/golden/params_table.py compares.
 */
#include "common/task/lpn/params.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/ring/ring_params.h"

#include <inttypes.h>
#include <stdio.h>

static void print_lpn(void) {
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++)
        printf("| %s | %u | %u | %u | %u | %u | %u | %016" PRIx64 " | %u | %u | %u | %u | %u | %u | %u |\n",
               p->set.name, (unsigned)p->n, (unsigned)p->w, (unsigned)p->q, (unsigned)p->set.repeat, (unsigned)p->m,
               (unsigned)p->k, p->theta64, (unsigned)p->code_low, (unsigned)p->code_share, (unsigned)p->code_high,
               (unsigned)p->candidate, (unsigned)p->least_plain, (unsigned)p->least_composed,
               (unsigned)p->set.least_masked);
}

static void print_ring(void) {
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++)
        printf("| %s | %u | %u | %u | %u | %016" PRIx64 " | %u |\n", p->set.name, (unsigned)p->n, (unsigned)p->w,
               (unsigned)p->w_s, (unsigned)p->set.repeat, p->theta64, (unsigned)p->set.least_masked);
}

static void print_lwe(void) {
    const struct lwe_params *p;
    for (size_t i = 0; (p = lwe_params_at(i)); i++)
        printf("| %s | %u | %u | %u | %u | %u | %u |\n", p->set.name, (unsigned)p->n, (unsigned)p->m, (unsigned)p->eta,
               (unsigned)p->least_plain, (unsigned)p->least_composed, (unsigned)p->set.least_masked);
}

int main(void) {
    print_lpn();
    print_ring();
    print_lwe();
    return 0;
}
