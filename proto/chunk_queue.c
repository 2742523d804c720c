#include "proto/session_private.h"

#include <errno.h>
#include <stdlib.h>

int chunk_queue_push(struct chunk_queue *q, uint8_t *data, size_t n) {
    struct chunk_node *node = malloc(sizeof *node);
    if (!node) {
        free(data);
        return -ENOMEM;
    }
    *node = (struct chunk_node){.chunk = {.data = data, .n = n, .block = data}};
    if (q->tail)
        q->tail->next = node;
    else
        q->head = node;
    q->tail = node;
    q->n_bytes += n;
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
    free(c->block);
    *c = (struct session_chunk){0};
}
