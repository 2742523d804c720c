/* A capture file as a whole, as eve reads it: the input is the file. */
#include "eve/wire/capture.h"
#include "tests/proof/fuzz/fuzz.h"

#include <unistd.h>

static char path[] = "/tmp/parley-fuzz-XXXXXX";
static int file = -1;

static void remove_file(void) {
    unlink(path);
}

/* One file for all inputs. */
static void write_file(const uint8_t *data, size_t size) {
    if (file < 0) {
        file = mkstemp(path);
        REQUIRE(file >= 0);
        atexit(remove_file);
    }
    REQUIRE(ftruncate(file, 0) == 0);
    REQUIRE(pwrite(file, data, size, 0) == (ssize_t)size);
}

static void sealed(void *user, struct capture_session *session, enum side from, const struct message *m, uint64_t ns) {
    (void)user;
    (void)ns;
    REQUIRE(session->observe && (from == SIDE_ALICE || from == SIDE_BOB));
    if (m->kind == MESSAGE_SEALED)
        fuzz_touch(m->sealed.box.p, m->sealed.box.n);
}

static void check_session(const struct capture *c, const struct capture_session *session) {
    char text[PACKET_ADDRESS_TEXT];
    REQUIRE(session->capture == c && session->observe && session->facts && session->open_directions == 0);
    fuzz_check_facts(session->facts);
    for (int side = 0; side < 2; side++) {
        packet_address_text(text, &session->address[side]);
        REQUIRE(memchr(text, 0, sizeof text));
    }
    const char *wanted = c->config.session;
    REQUIRE(!wanted || strncmp(session->facts->session, wanted, strlen(wanted)) == 0);
}

static void read_capture(const struct capture_config *config, size_t size) {
    struct capture c;
    char error[CAPTURE_ERROR] = "";
    int status = capture_read(&c, path, config, error);
    REQUIRE((status == 0) == (error[0] == 0) && memchr(error, 0, sizeof error));
    REQUIRE(memchr(c.warning, 0, sizeof c.warning) && memchr(c.link, 0, sizeof c.link));
    REQUIRE(c.memory.left <= CAPTURE_MEMORY);
    REQUIRE(c.segments + c.fragments + c.damaged <= c.packets && c.packets <= size / 16);
    for (size_t i = 0; i < c.n_sessions; i++)
        check_session(&c, c.sessions[i]);
    for (size_t i = 0; i < c.n_sessions; i++)
        observe_drop_samples(c.sessions[i]->observe);
    /* without samples: at most two frames under way for each, and something for those that were not wanted */
    REQUIRE(CAPTURE_MEMORY - c.memory.left <= (c.n_sessions << 24) + 64 * size);
    capture_deinit(&c);
}

void fuzz_target(const uint8_t *data, size_t size) {
    static const struct capture_config all = {.keep_samples = true, .sealed = sealed}, one = {.session = "2ea8ea24"};
    write_file(data, size);
    read_capture(&all, size);
    read_capture(&one, size);
}
