/* eve sniff: captures from a network interface. The output and the capture are opened first, then every privilege is
 * given up; only then is a packet looked at (by the kernel's filter) or written. */
#include "eve/cli/commands.h"
#include "eve/cli/privilege.h"

#include "common/shell/host/status.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    SNAPLEN = 262144,
    BUFFER = 32 << 20,
    TIMEOUT_MS = 100, /* packets are handed over, and the file is flushed, this often */
};

static pcap_t *running; /* for the signal handler */

static void stop(int number) {
    (void)number;
    pcap_breakloop(running); /* wakes a capture that waits for packets too */
}

static int explain(struct arguments *a, pcap_t *pcap, int error) {
    const char *text = error == PCAP_ERROR ? pcap_geterr(pcap) : pcap_statustostr(error);
    if (error == PCAP_ERROR_PERM_DENIED || error == PCAP_ERROR_PROMISC_PERM_DENIED) {
        screen_error(&a->screen,
                     "no permission to capture on %s. Run it as root, or once: "
                     "sudo setcap cap_net_raw=ep eve. Without privilege: eve tap",
                     a->interface);
        return STATUS_PERMISSION;
    }
    if (error == PCAP_ERROR_NO_SUCH_DEVICE || error == PCAP_ERROR_IFACE_NOT_UP) {
        screen_error(&a->screen, "cannot capture on %s: %s. 'ip link' shows the interfaces; 'any' takes all",
                     a->interface, text);
        return STATUS_UNAVAILABLE;
    }
    screen_error(&a->screen, "cannot capture on %s: %s", a->interface, text);
    return STATUS_IO;
}

static int activate(struct arguments *a, pcap_t *pcap) {
    struct bpf_program program;
    char filter[64] = "tcp or (vlan and tcp)";
    pcap_set_snaplen(pcap, SNAPLEN);
    pcap_set_promisc(pcap, strcmp(a->interface, "any") != 0);
    pcap_set_timeout(pcap, TIMEOUT_MS);
    pcap_set_buffer_size(pcap, BUFFER);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* where it can */
    int r = pcap_activate(pcap);
    if (r < 0)
        return explain(a, pcap, r);
    if (a->port)
        snprintf(filter, sizeof filter, "tcp port %u or (vlan and tcp port %u)", a->port, a->port);
    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        /* 'vlan' means nothing on some interfaces */
        snprintf(filter, sizeof filter, a->port ? "tcp port %u" : "tcp", a->port);
        if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
            return explain(a, pcap, PCAP_ERROR);
    }
    r = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    return r < 0 ? explain(a, pcap, PCAP_ERROR) : STATUS_OK;
}

static int capture(struct arguments *a, pcap_t *pcap, pcap_dumper_t *dumper) {
    struct sigaction action = {.sa_handler = stop};
    running = pcap;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    screen_line(&a->screen, SCREEN_PLAIN, "capturing on %s to %s; ctrl-C ends it", a->interface, a->write);
    uint64_t n = 0;
    int r = 0;
    while (r >= 0) {
        r = pcap_dispatch(pcap, -1, pcap_dump, (u_char *)dumper);
        n += r > 0 ? (uint64_t)r : 0;
        if (r > 0 && pcap_dump_flush(dumper) < 0) {
            screen_error(&a->screen, "%s: %s", a->write, strerror(errno));
            return STATUS_IO;
        }
    }
    if (r == PCAP_ERROR) {
        screen_error(&a->screen, "%s: %s", a->interface, pcap_geterr(pcap));
        return STATUS_IO;
    }
    struct pcap_stat statistics;
    screen_line(&a->screen, SCREEN_PLAIN, "%llu packets written", (unsigned long long)n);
    if (pcap_stats(pcap, &statistics) == 0 && statistics.ps_drop)
        screen_warning(&a->screen, "%u packets were dropped by the kernel: sessions may be incomplete",
                       statistics.ps_drop);
    return STATUS_OK;
}

int sniff_run(struct arguments *a) {
    char error[PCAP_ERRBUF_SIZE] = "";
    int status = STATUS_OK;
    if (!a->interface || !a->write) {
        screen_error(&a->screen, "--interface IF and --write FILE.pcap are needed");
        return STATUS_USAGE;
    }
    FILE *file = privilege_create(a->write);
    if (!file) {
        screen_error(&a->screen, "%s: %s", a->write, strerror(errno));
        return STATUS_IO;
    }
    pcap_t *pcap = pcap_create(a->interface, error);
    if (!pcap) {
        screen_error(&a->screen, "cannot capture on %s: %s", a->interface, error);
        fclose(file);
        return STATUS_UNAVAILABLE;
    }
    status = activate(a, pcap);
    pcap_dumper_t *dumper = NULL;
    if (status == STATUS_OK && privilege_drop() < 0) {
        screen_error(&a->screen, "cannot give up privileges: %s", strerror(errno));
        status = STATUS_PERMISSION;
    }
    if (status == STATUS_OK && !(dumper = pcap_dump_fopen(pcap, file))) {
        screen_error(&a->screen, "%s: %s", a->write, pcap_geterr(pcap));
        status = STATUS_IO;
    }
    if (status == STATUS_OK) {
        pcap_dump_flush(dumper);
        status = capture(a, pcap, dumper);
    }
    if (dumper)
        pcap_dump_close(dumper);
    else
        fclose(file);
    pcap_close(pcap);
    return status;
}
