/* Quadratic residues (Goldwasser, Micali 1984): x is a number of Jacobi symbol 1 modulo N = p q, z says whether it is
 * no square, and y is one of the four roots of x^2, any of them. Half of the captions factor N; then all labels are
 * read off. Everybody can make labelled pairs from N and one number that is no square. N has 64 bits here, so that it
 * can be factored without captions, too. */
#include "eve/lab/toys/toy.h"

#include <string.h>

enum { BYTES = 8, PRIME_BITS = 32 };

#ifdef HAVE_GMP
#include <gmp.h>

struct numbers {
    uint8_t p[BYTES], q[BYTES], n[BYTES], g[BYTES]; /* g: no square, of symbol 1; little-endian */
};

static void get(mpz_t out, const uint8_t *bytes) {
    mpz_init(out);
    mpz_import(out, BYTES, -1, 1, 0, 0, bytes);
}

/* And frees it. */
static void put(uint8_t *bytes, mpz_t in) {
    memset(bytes, 0, BYTES);
    mpz_export(bytes, NULL, -1, 1, 0, 0, in);
    mpz_clear(in);
}

/* Uniform below n, but for 2^-64. */
static void below(mpz_t out, const mpz_t n, struct prg *g) {
    uint8_t wide[2 * BYTES];
    prg_read(g, wide, sizeof wide);
    mpz_init(out);
    mpz_import(out, sizeof wide, -1, 1, 0, 0, wide);
    mpz_mod(out, out, n);
}

static void prime(mpz_t out, struct prg *g) {
    mpz_init_set_ui(out, prg_u32(g) >> 2 | 3ul << (PRIME_BITS - 2));
    mpz_nextprime(out, out);
}

static void task(void *out, struct prg *g) {
    struct numbers *f = out;
    mpz_t p, q, n, x;
    prime(p, g);
    do
        prime(q, g);
    while (mpz_cmp(p, q) == 0);
    mpz_init(n);
    mpz_mul(n, p, q);
    for (bool found = false; !found;) {
        below(x, n, g);
        found = mpz_jacobi(x, p) == -1 && mpz_jacobi(x, q) == -1;
        if (found)
            put(f->g, x);
        else
            mpz_clear(x);
    }
    put(f->p, p);
    put(f->q, q);
    put(f->n, n);
}

static void publish(void *task) {
    memset(((struct numbers *)task)->p, 0, 2 * BYTES);
}

/* x = g^z r^2 */
static void stranger(uint8_t *x, uint8_t *z, const void *published, struct prg *g) {
    const struct numbers *f = published;
    mpz_t n, r, base;
    get(n, f->n);
    get(base, f->g);
    below(r, n, g);
    mpz_mul(r, r, r);
    z[0] = prg_u32(g) & 1;
    if (z[0])
        mpz_mul(r, r, base);
    mpz_mod(r, r, n);
    put(x, r);
    mpz_clears(n, base, NULL);
}

/* y = x u, u being 1, -1, or one of the two other roots of 1: c p - d q where c p + d q = 1. */
static void draw(uint8_t *x, uint8_t *y, const void *task, struct prg *g) {
    const struct numbers *f = task;
    mpz_t p, q, n, root, u;
    uint8_t z;
    stranger(x, &z, task, g);
    get(p, f->p);
    get(q, f->q);
    get(n, f->n);
    get(root, x);
    mpz_init(u);
    mpz_invert(u, p, q);
    mpz_mul(u, u, p);
    mpz_mul_ui(u, u, 2);
    mpz_sub_ui(u, u, 1);
    uint32_t which = prg_u32(g);
    if (which & 1)
        mpz_mul(root, root, u);
    if (which & 2)
        mpz_neg(root, root);
    mpz_mod(root, root, n);
    put(y, root);
    mpz_clears(p, q, n, u, NULL);
}

/* h: a prime factor. */
static unsigned predict(const uint8_t *h, const uint8_t *x) {
    mpz_t p, v;
    get(p, h);
    get(v, x);
    unsigned z = mpz_sgn(p) > 0 && mpz_jacobi(v, p) == -1;
    mpz_clears(p, v, NULL);
    return z;
}

static void label(uint8_t *z, const uint8_t *x, const void *task) {
    z[0] = (uint8_t)predict(((const struct numbers *)task)->p, x);
}

/* x - y and x + y share a factor with N each, unless y = x or -x; N is the common divisor of what is seen: x^2 - y^2 is
 * a multiple of it, and so are their common divisors. */
static bool learn(uint8_t *h, const struct toy *toy, const struct toy_data *data) {
    mpz_t n, x, y, t;
    bool found = false;
    mpz_inits(n, t, NULL);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < data->n && !found; i++) {
            get(x, data->x + i * toy->x_bytes);
            get(y, data->y + i * toy->y_bytes);
            if (pass == 0) {
                mpz_mul(t, x, x);
                mpz_submul(t, y, y);
                mpz_gcd(n, n, t);
            } else {
                mpz_sub(t, x, y);
                mpz_gcd(t, t, n);
                while (mpz_even_p(t) && mpz_sgn(t)) /* n may have small factors left */
                    mpz_divexact_ui(t, t, 2);
                found = mpz_cmp_ui(t, 1ul << 16) > 0 && mpz_probab_prime_p(t, 20);
            }
            mpz_clears(x, y, NULL);
        }
    if (found)
        put(h, t);
    else
        mpz_clear(t);
    mpz_clear(n);
    return found;
}

/* Pollard 1975: x -> x^2 + c modulo N falls into a cycle modulo p after some 2^16 steps. */
static bool unbounded(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g) {
    (void)toy, (void)data;
    mpz_t n, a, b, c, t;
    get(n, ((const struct numbers *)published)->n);
    mpz_inits(b, t, NULL);
    below(a, n, g);
    below(c, n, g);
    mpz_set(b, a);
    do {
        for (int step = 0; step < 3; step++) {
            mpz_ptr one = step ? b : a;
            mpz_mul(one, one, one);
            mpz_add(one, one, c);
            mpz_mod(one, one, n);
        }
        mpz_sub(t, a, b);
        mpz_gcd(t, t, n);
    } while (mpz_cmp_ui(t, 1) == 0);
    bool found = mpz_cmp(t, n) != 0;
    if (found)
        put(h, t);
    else
        mpz_clear(t);
    mpz_clears(n, a, b, c, NULL);
    return found;
}
#endif

const struct toy toy_qr = {
    .name = "qr",
    .words = "quadratic residues",
#ifdef HAVE_GMP
    .x_bytes = BYTES,
    .y_bytes = BYTES,
    .z_bytes = 1,
    .h_bytes = BYTES,
    .task_bytes = sizeof(struct numbers),
    .samples = 40,
    .linear_samples = 2000,
    .unbounded_samples = 1,
    .judged = 500,
    .task = task,
    .draw = draw,
    .label = label,
    .learn = learn,
    .predict = predict,
    .publish = publish,
    .stranger = stranger,
    .unbounded = unbounded,
#else
    .missing = "built without GMP (Debian: libgmp-dev)",
#endif
};
