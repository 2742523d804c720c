/* eve serve: a page on which a class watches what happens. */
#include "eve/cli/commands.h"
#include "eve/learners/estimate_seconds.h"
#include "eve/page/page.h"

#include "common/shell/host/status.h"
#include "common/task/table/table.h"
#include "eve/page/class.h"

#include <string.h>

/* "n64,r509": the sets that Bob offers. */
static int take_sets(struct arguments *a, struct page_config *config) {
    for (const char *list = a->params; *list;) {
        size_t n = strcspn(list, ",");
        char name[SET_NAME_MAX + 1] = "";
        if (n <= SET_NAME_MAX)
            memcpy(name, list, n);
        const struct set *set = table_set(name);
        if (!set || config->n_sets == SETS_MAX) {
            screen_error(&a->screen, "--params: there is no set '%.*s'", (int)(n < 40 ? n : 40), list);
            return STATUS_USAGE;
        }
        config->sets[config->n_sets++] = set;
        list += n + (list[n] == ',');
    }
    return STATUS_OK;
}

/* What the options say of the room. */
static int take_room(struct arguments *a, struct page_config *config) {
    if (!a->room && (a->join || a->write || a->params || a->per_address || a->capture_max || a->captures_max)) {
        screen_error(&a->screen, "--join, --write, --params, --per-address, --capture-max and --captures-max are about "
                                 "a room: --room HOST:PORT is missing");
        return STATUS_USAGE;
    }
    config->has_room = a->room;
    config->write = a->write;
    config->per_address = a->per_address ? a->per_address : PLACES_PER_ADDRESS;
    config->capture_max = a->capture_max ? (uint64_t)a->capture_max << 20 : CLASS_CAPTURE_MAX;
    config->captures_max = a->captures_max ? (uint64_t)a->captures_max << 20 : CLASS_CAPTURES * config->capture_max;
    if (a->room && address_parse(&config->room, a->room, "::1") < 0) {
        screen_error(&a->screen, "--room takes HOST:PORT, Bob's address");
        return STATUS_USAGE;
    }
    if (a->room && address_parse(&config->join, a->join ? a->join : "[::]:8423", "::") < 0) {
        screen_error(&a->screen, "--join takes HOST:PORT");
        return STATUS_USAGE;
    }
    return a->params ? take_sets(a, config) : STATUS_OK;
}

int serve_run(struct arguments *a) {
    struct page_config config = {
        .lab = a->lab, .budget = a->budget, .threads = a->threads, .expected = estimate_seconds, .screen = &a->screen};
    const char *sources[64];
    const char *listen = a->listen ? a->listen : "127.0.0.1:8422";
    if (address_parse(&config.listen, listen, "127.0.0.1") < 0) {
        screen_error(&a->screen, "--listen takes HOST:PORT");
        return STATUS_USAGE;
    }
    int status = take_room(a, &config);
    if (status != STATUS_OK)
        return status;
    if (a->file)
        sources[config.n_sources++] = a->file;
    for (size_t i = 0; a->more && a->more[i] && config.n_sources < sizeof sources / sizeof sources[0]; i++)
        sources[config.n_sources++] = a->more[i];
    config.sources = sources;
    return page_run(&config);
}
