/* From a secret to the session key, by the public transcript alone: what Alice does in A4. WIRE.md sections 6 and 7. */
#ifndef PARLEY_EVE_DERIVE_H
#define PARLEY_EVE_DERIVE_H

#include "common/agree/keys.h"
#include "eve/wire/observe.h"

/* s: a hypothesis of the task of f's set (LPN: n bits, packed). f is complete and its samples were kept. True if the
 * key confirmation of both sides on the wire verifies under what follows from s; *out is then the session's keys, and
 * is wiped otherwise. Threads may share f. */
bool derive_keys(struct keys *out, const struct observe_facts *f, const uint8_t *s);

/* Whether the key confirmations of both sides, A4 and B4 of f, which is complete, verify under k: the keys of a session
 * key (keys_from_session) or of a secret. */
bool derive_confirms(const struct observe_facts *f, const struct keys *k);

#endif
