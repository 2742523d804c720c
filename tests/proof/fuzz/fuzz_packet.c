/* A packet: the first byte chooses the link type, the others are the packet. */
#include "eve/wire/packet.h"
#include "tests/proof/fuzz/fuzz.h"

#include <pcap/dlt.h>

static const int links[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL,     DLT_LOOP,
                            DLT_RAW,    DLT_IPV4,      DLT_IPV6,       DLT_USB_LINUX};

static void check_address(const struct packet_address *a) {
    char text[PACKET_ADDRESS_TEXT];
    packet_address_text(text, a);
    REQUIRE(memchr(text, 0, sizeof text));
    REQUIRE(text[0] != '?' && text[1] != '?');
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    struct packet_segment segment;
    unsigned choice = fuzz_byte(&in) % (sizeof links / sizeof links[0]);
    size_t n = in.n;
    uint8_t *packet = fuzz_block(&in, &n);
    enum packet_kind kind = packet_parse(&segment, links[choice], packet, n);
    REQUIRE(packet_link_known(links[choice]) || kind == PACKET_OTHER);
    if (kind == PACKET_TCP) {
        REQUIRE(segment.n <= segment.n_wire);
        REQUIRE(segment.n_wire <= 65535 || segment.n_wire < n);
        REQUIRE(segment.data >= packet + 40 && segment.data <= packet + n);
        REQUIRE(segment.n <= n - (size_t)(segment.data - packet));
        fuzz_touch(segment.data, segment.n);
        check_address(&segment.from);
        check_address(&segment.to);
    }
    free(packet);
}
