#include "common/shell/net/acked.h"

/* The C library's struct lacks the field, and its header and the kernel's exclude each other. */
#if defined __linux__ && __has_include(<linux/tcp.h>)

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

int64_t acked_bytes(int fd) {
    struct tcp_info info;
    socklen_t n = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0 ||
        n < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return -1;
    return (int64_t)info.tcpi_bytes_acked;
}

#else

int64_t acked_bytes(int fd) {
    (void)fd;
    return -1;
}

#endif
