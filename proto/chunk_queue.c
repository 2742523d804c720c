#include "proto/session_private.h"

#include <errno.h>
#include <stdlib.h>

int chunk_queue_push(struct chunk_queue *q, uint8_t *data, size_t n) {
    return chunk_queue_push_chunk(q, &(struct session_chunk){.data = data, .n = n, .block = data});
}

int chunk_queue_push_chunk(struct chunk_queue *q, struct session_chunk *c) {
    struct chunk_node *node = malloc(sizeof *node);
    if (!node) {
        session_chunk_free(c);
        return -ENOMEM;
    }
    *node = (struct chunk_node){.chunk = *c};
    if (q->tail)
        q->tail->next = node;
    else
        q->head = node;
    q->tail = node;
    q->n_bytes += c->n;
    return 0;
}

bool chunk_queue_take(struct chunk_queue *q, struct session_chunk *chunkp) {
    struct chunk_node *node = q->head;
    if (!node)
        return false;
    *chunkp = node->chunk;
    q->head = node->next;
    if (!q->head)
        q->tail = NULL;
    q->n_bytes -= chunkp->n;
    free(node);
    return true;
}

void chunk_queue_clear(struct chunk_queue *q) {
    struct session_chunk chunk;
    while (chunk_queue_take(q, &chunk))
        session_chunk_free(&chunk);
}

void session_chunk_free(struct session_chunk *c) {
    if (c->data && c->secret)
        sodium_memzero(c->data, c->n);
    if (!c->sharing || --*c->sharing == 0) {
        free(c->sharing);
        free(c->block);
    }
    *c = (struct session_chunk){0};
}
