/* The floor of a handshake: what nobody can do without, whatever the program around it.
 *
 * usage: floor MATRIX_BYTES WIRE_BYTES
 * Prints two numbers in seconds, each the best of 7: libsodium's ChaCha20 producing MATRIX_BYTES in 64 KiB pieces on
 * one core; pushing WIRE_BYTES through a loopback socket. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, RUNS = 7, SOCKET_PIECE = 256 * 1024 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double chacha(size_t n) {
    static unsigned char out[PIECE], key[32], nonce[8];
    double start = seconds();
    for (size_t done = 0; done < n; done += PIECE)
        crypto_stream_chacha20(out, n - done < PIECE ? n - done : PIECE, nonce, key);
    return seconds() - start;
}

struct sending {
    int fd;
    size_t n;
};

static void *send_all(void *context) {
    static unsigned char data[SOCKET_PIECE];
    struct sending *s = context;
    for (size_t done = 0; done < s->n;) {
        ssize_t r = write(s->fd, data, s->n - done < SOCKET_PIECE ? s->n - done : SOCKET_PIECE);
        if (r <= 0)
            exit(1);
        done += (size_t)r;
    }
    return NULL;
}

static double push(size_t n) {
    static unsigned char data[SOCKET_PIECE];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), out = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        connect(out, (struct sockaddr *)&address, sizeof address) != 0)
        exit(1);
    int in = accept(listener, NULL, NULL);
    struct sending sending = {out, n};
    pthread_t thread;
    double start = seconds();
    pthread_create(&thread, NULL, send_all, &sending);
    for (size_t done = 0; done < n;) {
        ssize_t r = read(in, data, sizeof data);
        if (r <= 0)
            exit(1);
        done += (size_t)r;
    }
    double took = seconds() - start;
    pthread_join(thread, NULL);
    close(in);
    close(out);
    close(listener);
    return took;
}

static double best(double (*run)(size_t), size_t n) {
    double least = run(n);
    for (int i = 1; i < RUNS; i++) {
        double took = run(n);
        least = took < least ? took : least;
    }
    return least;
}

int main(int argc, char **argv) {
    if (argc != 3 || sodium_init() < 0) {
        fprintf(stderr, "usage: floor MATRIX_BYTES WIRE_BYTES\n");
        return 64;
    }
    printf("%.6f %.6f\n", best(chacha, strtoull(argv[1], NULL, 10)), best(push, strtoull(argv[2], NULL, 10)));
    return 0;
}
