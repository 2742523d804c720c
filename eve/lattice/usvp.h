/* What lattice reduction has to do to find the secret of an LWE session: the primal attack as a unique shortest vector
 * problem, by the condition of Alkim, Ducas, Poeppelmann, Schwabe, Post-quantum key exchange: a new hope, USENIX
 * Security 2016, section 6.3, with the secret's part scaled to the size of the errors (Bai, Galbraith, ACISP 2014).
 *
 * It is a model: BKZ of block size beta finds the vector once
 *     sqrt(beta) sigma <= delta(beta)^(2 beta - d - 1) volume^(1/d),  d = n + samples + 1.
 * Below a block size of about 60 it flatters the attacker: reduced bases there are not as regular as it takes them. */
#ifndef PARLEY_EVE_USVP_H
#define PARLEY_EVE_USVP_H

enum { USVP_FLATTERS = 60 }; /* block sizes below it */
#define USVP_SOURCE "Alkim et al. 2016"

/* An LWE instance as the estimate sees it. */
struct usvp_task {
    unsigned n;           /* dimension of the secret */
    unsigned samples;     /* how many there are */
    double modulus_log2;  /* 16 for 2^16 */
    double error, secret; /* standard deviations of an error and of a number of the secret */
};

struct usvp {
    unsigned beta;      /* the least block size, 2 (LLL) at least; 0: no block size will do */
    unsigned samples;   /* with which it is reached: the fewest */
    unsigned dimension; /* of the lattice, n + samples + 1 */
};

/* The root Hermite factor of BKZ of this block size: Chen, thesis, Paris 7, 2013, from 60 on; measured below, as in the
 * lattice-estimator (Albrecht, Player, Scott, J. Math. Cryptol. 9(3), 2015); straight lines between the figures. */
double usvp_delta(unsigned beta);

/* log2 of the right-hand side over the left: 0 and more if BKZ-beta is said to find the secret with so many samples. */
double usvp_slack(const struct usvp_task *task, unsigned beta, unsigned samples);

/* Minimised over the number of samples. */
void usvp_estimate(struct usvp *u, const struct usvp_task *task);

/* log2 of the cost of one call of a shortest-vector oracle in dimension beta by sieving, without factors below the
 * exponent ("core-SVP"): classical 0.292 beta (Becker, Ducas, Gama, Laarhoven, SODA 2016), quantum 0.265 beta
 * (Laarhoven, thesis, Eindhoven 2015). */
double usvp_core_classical(unsigned beta);
double usvp_core_quantum(unsigned beta);

#endif
