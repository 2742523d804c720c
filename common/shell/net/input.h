/* Standard input as a source of bytes for a loop that must not block: pipe, socket, terminal (line by line), file or
 * device. Reads ahead one buffer, and only when asked. */
#ifndef PARLEY_NET_INPUT_H
#define PARLEY_NET_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;
struct uv_loop_s;

/* Whether fd is at its end now, before anything has been read: /dev/null, an empty file, a pipe that nobody writes. */
bool input_at_end(int fd);

/* Whether bytes could be read from fd now. */
bool input_waiting(int fd);

/* ready: there are bytes, or the end, or an error. -ENOMEM. */
int input_new(struct input **inputp, struct uv_loop_s *loop, int fd, void (*ready)(void *user), void *user);

/* The bytes at hand; 0 for none now. */
size_t input_peek(const struct input *input, const uint8_t **bytesp);
void input_consume(struct input *input, size_t n);
/* Fetch more, if none are at hand; ready is called later. */
void input_want(struct input *input);
/* All bytes have been consumed and no more will come. */
bool input_ended(const struct input *input);
/* Negative errno of a failed read, 0. */
int input_error(const struct input *input);

/* Released when libuv has let go of it. NULL is fine. */
void input_free(struct input *input);

#endif
