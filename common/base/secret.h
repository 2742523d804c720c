/* Memory that wipes itself. Everything that knows s, noise, recipes, the distillate or a key lives in it, so that no
 * error path has to remember to wipe. */
#ifndef PARLEY_BASE_SECRET_H
#define PARLEY_BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* n zeroed bytes, aligned to 64, or NULL (out of memory). Freed by secret_free, which wipes all n bytes first. */
void *secret_new(size_t n);
void secret_free(void *p); /* NULL is fine */

/* The same in guarded, locked pages that stay out of core dumps: a page and three mappings each, so one per session. */
void *secret_new_guarded(size_t n);
void secret_free_guarded(void *p);

/* Variables declared `SECRET32 uint8_t x[32]` of 32 bytes are wiped when they go out of scope. */
void secret_wipe32(void *p);
#define SECRET32 __attribute__((cleanup(secret_wipe32)))

#endif
