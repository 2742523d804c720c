/* The floor of a handshake: what nobody can do without, whatever the program around it.
 *
 * usage: floor MATRIX_BYTES WIRE_BYTES
 * Prints six numbers in seconds, each the best of 7:
 *     libsodium's ChaCha20 producing MATRIX_BYTES in 64 KiB pieces on one core
 *     pushing WIRE_BYTES through a loopback socket
 * and of processor time, which depends less on what else the machine does:
 *     the first of these
 *     the second, both ends
 *     libsodium's BLAKE2b of WIRE_BYTES in pieces of 64 KiB
 *     a new connection with four exchanges of a byte, both ends */
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, RUNS = 7, CONNECTIONS = 100, SOCKET_PIECE = 256 * 1024 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(struct timeval t) {
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static double processor_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return seconds_of(use.ru_utime) + seconds_of(use.ru_stime);
}

static double chacha(double (*now)(void), size_t n) {
    static unsigned char out[PIECE], key[32], nonce[8];
    double start = now();
    for (size_t done = 0; done < n; done += PIECE)
        crypto_stream_chacha20(out, n - done < PIECE ? n - done : PIECE, nonce, key);
    return now() - start;
}

static double hash(double (*now)(void), size_t n) {
    static unsigned char data[PIECE], digest[32];
    double start = now();
    for (size_t done = 0; done < n; done += PIECE)
        crypto_generichash(digest, sizeof digest, data, n - done < PIECE ? n - done : PIECE, NULL, 0);
    return now() - start;
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

/* A connection over loopback: its two ends. */
static void connect_pair(int *outp, int *inp) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    *outp = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        connect(*outp, (struct sockaddr *)&address, sizeof address) != 0)
        exit(1);
    *inp = accept(listener, NULL, NULL);
    close(listener);
}

static double push(double (*now)(void), size_t n) {
    static unsigned char data[SOCKET_PIECE];
    int out, in;
    connect_pair(&out, &in);
    struct sending sending = {out, n};
    pthread_t thread;
    double start = now();
    pthread_create(&thread, NULL, send_all, &sending);
    for (size_t done = 0; done < n;) {
        ssize_t r = read(in, data, sizeof data);
        if (r <= 0)
            exit(1);
        done += (size_t)r;
    }
    double took = now() - start;
    pthread_join(thread, NULL);
    close(in);
    close(out);
    return took;
}

static double connections(double (*now)(void), size_t n) {
    enum { EXCHANGES = 4 };
    char byte = 0;
    double start = now();
    for (size_t i = 0; i < n; i++) {
        int out, in;
        connect_pair(&out, &in);
        for (int j = 0; j < EXCHANGES; j++) {
            if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1 || write(in, &byte, 1) != 1 ||
                read(out, &byte, 1) != 1)
                exit(1);
        }
        close(out);
        close(in);
    }
    return now() - start;
}

static double best(double (*run)(double (*now)(void), size_t n), double (*now)(void), size_t n) {
    double least = run(now, n);
    for (int i = 1; i < RUNS; i++) {
        double took = run(now, n);
        least = took < least ? took : least;
    }
    return least;
}

int main(int argc, char **argv) {
    if (argc != 3 || sodium_init() < 0) {
        fprintf(stderr, "usage: floor MATRIX_BYTES WIRE_BYTES\n");
        return 64;
    }
    size_t matrix = strtoul(argv[1], NULL, 10), wire = strtoul(argv[2], NULL, 10);
    printf("%.6f %.6f %.6f %.6f %.6f %.6f\n", best(chacha, seconds, matrix), best(push, seconds, wire),
           best(chacha, processor_seconds, matrix), best(push, processor_seconds, wire),
           best(hash, processor_seconds, wire), best(connections, processor_seconds, CONNECTIONS) / CONNECTIONS);
    return 0;
}
