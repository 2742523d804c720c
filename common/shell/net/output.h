/* Standard output for bytes: written on the thread pool in the order given, whatever it is, so that a slow reader never
 * stops the loop. */
#ifndef PARLEY_NET_OUTPUT_H
#define PARLEY_NET_OUTPUT_H

#include "proto/session.h"

struct output;
struct uv_loop_s;

/* progress: something has been written, or failed. -ENOMEM. */
int output_new(struct output **outputp, struct uv_loop_s *loop, int fd, void (*progress)(void *user), void *user);

/* Whether more should be given now: less than about a megabyte waits. */
bool output_room(const struct output *output);
/* Takes the chunk. After an error chunks are thrown away. */
void output_push(struct output *output, struct session_chunk *chunk);
/* Negative errno of a failed write, 0. */
int output_error(const struct output *output);

/* What waits is still written; progress is not called any more. NULL is fine. */
void output_free(struct output *output);

#endif
