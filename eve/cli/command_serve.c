/* eve serve: a page on which a class watches what happens. */
#include "eve/cli/commands.h"
#include "eve/page/page.h"

#include "common/shell/host/status.h"

int serve_run(struct arguments *a) {
    struct page_config config = {.lab = a->lab, .budget = a->budget, .threads = a->threads, .screen = &a->screen};
    const char *sources[64];
    const char *listen = a->listen ? a->listen : "127.0.0.1:8422";
    if (address_parse(&config.listen, listen, "127.0.0.1") < 0) {
        screen_error(&a->screen, "--listen takes HOST:PORT");
        return STATUS_USAGE;
    }
    if (!a->room && (a->join || a->write)) {
        screen_error(&a->screen, "--join and --write are about a room: --room HOST:PORT is missing");
        return STATUS_USAGE;
    }
    config.has_room = a->room;
    config.write = a->write;
    if (a->room && address_parse(&config.room, a->room, "::1") < 0) {
        screen_error(&a->screen, "--room takes HOST:PORT, Bob's address");
        return STATUS_USAGE;
    }
    if (a->room && address_parse(&config.join, a->join ? a->join : "[::]:8423", "::") < 0) {
        screen_error(&a->screen, "--join takes HOST:PORT");
        return STATUS_USAGE;
    }
    if (a->file)
        sources[config.n_sources++] = a->file;
    for (size_t i = 0; a->more && a->more[i] && config.n_sources < sizeof sources / sizeof sources[0]; i++)
        sources[config.n_sources++] = a->more[i];
    config.sources = sources;
    return page_run(&config);
}
