/* One TCP segment in every wrapping that captures come with, and every prefix and every flip of it. */
#include "common/base/bytes.h"
#include "eve/wire/packet.h"
#include "tests/lib/unit.h"

#include <pcap/dlt.h>

enum { PAYLOAD = 11 };

struct wrapped {
    uint8_t bytes[256];
    size_t n;
};

static void put(struct wrapped *w, const char *hex) {
    for (; *hex; hex += 2) {
        while (*hex == ' ')
            hex++;
        char two[3] = {hex[0], hex[1], 0};
        w->bytes[w->n++] = (uint8_t)strtoul(two, NULL, 16);
    }
}

#define TCP_20         "9c40 5dd6 11223344 55667788 5018 ffff 0000 0000"
#define TCP_24         "9c40 5dd6 11223344 55667788 6018 ffff 0000 0000 020405b4"
#define HELLO          "68656c6c6f20776f726c64"
#define IPV4_MIDDLE    "0001 4000 4006 0000 c0000201 c0000202"
#define IPV6_ADDRESSES "20010db8000000000000000000000001 20010db8000000000000000000000002"

static const struct {
    const char *what;
    int link;
    const char *hex;
    enum packet_kind kind;
} cases[] = {
    {"Ethernet, IPv4", DLT_EN10MB, "ffffffffffff 010203040506 0800 4500 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_TCP},
    {"Ethernet padding", DLT_EN10MB, "ffffffffffff 010203040506 0800 4500 0033" IPV4_MIDDLE TCP_20 HELLO "000000000000",
     PACKET_TCP},
    {"TCP options", DLT_EN10MB, "ffffffffffff 010203040506 0800 4500 0037" IPV4_MIDDLE TCP_24 HELLO, PACKET_TCP},
    {"IPv4 options", DLT_RAW, "4600 0037" IPV4_MIDDLE "01010101" TCP_20 HELLO, PACKET_TCP},
    {"IPv4 length 0 (offload)", DLT_RAW, "4500 0000" IPV4_MIDDLE TCP_20 HELLO, PACKET_TCP},
    {"VLAN", DLT_EN10MB, "ffffffffffff 010203040506 8100 0005 0800 4500 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_TCP},
    {"two VLANs, IPv6", DLT_EN10MB,
     "ffffffffffff 010203040506 88a8 0005 8100 0006 86dd 60000000 001f 06 40" IPV6_ADDRESSES TCP_20 HELLO, PACKET_TCP},
    {"cooked v1", DLT_LINUX_SLL, "0000 0304 0006 000000000000 0000 0800 4500 0033" IPV4_MIDDLE TCP_20 HELLO,
     PACKET_TCP},
    {"cooked v2", DLT_LINUX_SLL2,
     "86dd 0000 00000001 0304 00 06 0000000000000000 60000000 001f 06 40" IPV6_ADDRESSES TCP_20 HELLO, PACKET_TCP},
    {"BSD loopback, little-endian", DLT_NULL, "02000000 4500 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_TCP},
    {"BSD loopback, big-endian, IPv6", DLT_NULL, "0000001e 60000000 001f 06 40" IPV6_ADDRESSES TCP_20 HELLO,
     PACKET_TCP},
    {"OpenBSD loopback", DLT_LOOP, "00000002 4500 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_TCP},
    {"raw IPv6", DLT_RAW, "60000000 001f 06 40" IPV6_ADDRESSES TCP_20 HELLO, PACKET_TCP},
    {"IPv6 length 0 (offload)", DLT_IPV6, "60000000 0000 06 40" IPV6_ADDRESSES TCP_20 HELLO, PACKET_TCP},
    {"IPv6 extension headers", DLT_IPV6,
     "60000000 003f 00 40" IPV6_ADDRESSES
     "3c00010400000000 2b00010400000000 2c00000000000000 0600000000000001" TCP_20 HELLO,
     PACKET_TCP},
    {"IPv6 authentication header", DLT_IPV6,
     "60000000 002b 33 40" IPV6_ADDRESSES "060100000000000100000001" TCP_20 HELLO, PACKET_TCP},
    {"IPv4 first fragment", DLT_RAW, "4500 0033 0001 2000 4006 0000 c0000201 c0000202" TCP_20 HELLO, PACKET_FRAGMENT},
    {"IPv4 later fragment", DLT_RAW, "4500 0033 0001 0010 4006 0000 c0000201 c0000202" TCP_20 HELLO, PACKET_FRAGMENT},
    {"IPv6 fragment", DLT_IPV6, "60000000 0027 2c 40" IPV6_ADDRESSES "0600000100000001" TCP_20 HELLO, PACKET_FRAGMENT},
    {"UDP", DLT_RAW, "4500 0033 0001 4000 4011 0000 c0000201 c0000202" TCP_20 HELLO, PACKET_OTHER},
    {"ARP", DLT_EN10MB, "ffffffffffff 010203040506 0806 0001 0800 0604 0001", PACKET_OTHER},
    {"an unknown link type", 147, "4500 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_OTHER},
    {"TCP header shorter than 20", DLT_RAW,
     "4500 0033" IPV4_MIDDLE "9c40 5dd6 11223344 55667788 4018 ffff 0000 0000" HELLO, PACKET_DAMAGED},
    {"TCP header longer than IP says", DLT_RAW,
     "4500 0033" IPV4_MIDDLE "9c40 5dd6 11223344 55667788 f018 ffff 0000 0000" HELLO, PACKET_DAMAGED},
    {"IPv4 header longer than its packet", DLT_RAW, "4f00 0033" IPV4_MIDDLE TCP_20 HELLO, PACKET_DAMAGED},
};

static struct wrapped wrap(size_t i) {
    struct wrapped w = {.n = 0};
    put(&w, cases[i].hex);
    return w;
}

static void every_wrapping(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wrapped w = wrap(i);
        struct packet_segment s;
        uint8_t *copy = unit_copy(w.bytes, w.n);
        enum packet_kind kind = packet_parse(&s, cases[i].link, copy, w.n);
        if (kind != cases[i].kind)
            fail_msg("%s: kind %d instead of %d", cases[i].what, kind, cases[i].kind);
        if (kind == PACKET_TCP) {
            char from[PACKET_ADDRESS_TEXT], to[PACKET_ADDRESS_TEXT];
            bool v6 = strstr(cases[i].hex, IPV6_ADDRESSES);
            packet_address_text(from, &s.from);
            packet_address_text(to, &s.to);
            assert_string_equal(from, v6 ? "[2001:db8::1]:40000" : "192.0.2.1:40000");
            assert_string_equal(to, v6 ? "[2001:db8::2]:24022" : "192.0.2.2:24022");
            assert_int_equal(s.seq, 0x11223344);
            assert_int_equal(s.ack, 0x55667788);
            assert_int_equal(s.flags, PACKET_PSH | PACKET_ACK);
            assert_int_equal(s.n, PAYLOAD);
            assert_int_equal(s.n_wire, PAYLOAD);
            assert_memory_equal(s.data, "hello world", PAYLOAD);
        }
        free(copy);
    }
}

/* Cut off anywhere, what is believed to be payload is inside the packet and not longer than the wire had. */
static void every_prefix(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wrapped w = wrap(i);
        for (size_t n = 0; n < w.n; n++) {
            struct packet_segment s;
            uint8_t *copy = unit_copy(w.bytes, n);
            if (packet_parse(&s, cases[i].link, copy, n) == PACKET_TCP) {
                assert_true(s.n <= s.n_wire);
                assert_true(s.n == 0 || (s.data >= copy && s.data + s.n <= copy + n));
            }
            free(copy);
        }
    }
}

static void random_flips(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int run = 0; run < 2000; run++) {
            struct wrapped w = wrap(i);
            struct packet_segment s;
            for (uint32_t flips = 1 + prg_below(&g, 4); flips; flips--)
                bit_xor(w.bytes, prg_below(&g, (uint32_t)w.n * 8), 1);
            uint8_t *copy = unit_copy(w.bytes, w.n);
            if (packet_parse(&s, cases[i].link, copy, w.n) == PACKET_TCP) {
                assert_true(s.n <= s.n_wire);
                assert_true(s.n == 0 || (s.data >= copy && s.data + s.n <= copy + w.n));
            }
            free(copy);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrapping),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(random_flips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
