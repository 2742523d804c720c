#include "common/shell/host/files.h"
#include "common/shell/host/status.h"
#include "common/shell/net/timer.h"
#include "eve/page/internal.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MS = 40 };

static void told(void *user) {
    struct page *page = user;
    if (page->web)
        web_wake(page->web);
}

/* In a terminal. Whoever reads standard output may go away, and with --once a session's end is the end. */
static void draw(struct page *page, bool more) {
    bool failed = terminal_poll(page->terminal) < 0;
    bool eve_is_done = !page->attack || (attack_ended(page->attack) && !attack_reads(page->attack));
    if (failed)
        page->status = STATUS_IO;
    if (failed || (page->config->once && !more && eve_is_done && terminal_over(page->terminal)))
        loop_stop(page->loop);
}

static int open_terminal(struct page *page) {
    unsigned n_files = 0;
    for (size_t i = 0; i < page->n_sources; i++)
        n_files += page->sources[i].kind == SOURCE_EVENTS;
    page->eve_on = page->config->budget > 0;
    int r = terminal_new(&page->terminal, page->hub, n_files, n_files < page->n_sources);
    if (r < 0)
        screen_error(page->config->screen, "out of memory");
    return r < 0 ? STATUS_INTERNAL : STATUS_OK;
}

static void poll(void *user) {
    struct page *page = user;
    bool more = page->class && class_poll(page->class);
    if (page->races)
        races_poll(page->races);
    more |= show_poll(page);
    if (more) /* the rest of it at once, but in another turn */
        timer_start(page->timer, 1, POLL_MS);
    if (page->terminal)
        draw(page, more);
}

static const char *next(void *user, uint64_t *numberp) {
    return hub_next(((struct page *)user)->hub, numberp);
}

static int cannot_listen(struct screen *screen, const struct address *at, int error) {
    char name[ADDRESS_TEXT + 256];
    address_name(name, at);
    if (error == -ENOSYS) {
        screen_error(screen, "this eve was built without libmicrohttpd, which the page needs");
        return STATUS_UNAVAILABLE;
    }
    if (error == -EADDRNOTAVAIL)
        screen_error(screen, "cannot listen at %s: this machine does not have that address", name);
    else if (error == -ENOENT)
        screen_error(screen, "cannot listen at %s: no address is known for that name", name);
    else if (error == -EADDRINUSE)
        screen_error(screen, "cannot listen at %s: another program does", name);
    else
        screen_error(screen, "cannot listen at %s: %s", name, strerror(-error));
    return error == -EACCES ? STATUS_PERMISSION : STATUS_UNAVAILABLE;
}

static int listen_at(struct page *page) {
    const struct page_config *c = page->config;
    struct web_config config = {.listen = c->listen, .answer = page_answer, .next = next, .user = page};
    char names[WEB_NAMES_MAX][ADDRESS_TEXT];
    uint8_t random[16];
    if (strcmp(config.listen.host, "localhost") == 0)
        snprintf(config.listen.host, sizeof config.listen.host, "127.0.0.1");
    int r = web_new(&page->web, loop_uv(page->loop), &config);
    if (r < 0)
        return cannot_listen(c->screen, &config.listen, r);
    unsigned n = web_names(page->web, names);
    randombytes_buf(random, sizeof random);
    control_init(&page->control, names[0], web_is_loopback(page->web), random);
    for (unsigned i = 0; i < n; i++)
        printf("http://%s/%s=%s\n", names[i], page->control.loopback ? "#token" : "?viewer", page->control.token);
    fflush(stdout);
    if (page->control.loopback)
        return STATUS_OK;
    randombytes_buf(random, sizeof random);
    control_let_lead(&page->control, random);
    screen_line(c->screen, SCREEN_PLAIN, "Whoever has this address may look; nobody may change anything.");
    screen_line(c->screen, SCREEN_PLAIN,
                "Who gives the lecture opens http://%s/?viewer=%s#lead=%s: the others follow it.", names[0],
                page->control.token, page->control.lead);
    return STATUS_OK;
}

void page_tell_join(const struct page *page) {
    char address[CLASS_ADDRESS];
    for (unsigned i = 0; class_address(page->class, i, address); i++)
        screen_line(page->config->screen, SCREEN_PLAIN, "phones join at %s", address);
}

/* Opens the room; its capture is one of the page's sources. */
static int open_room(struct page *page) {
    const struct page_config *c = page->config;
    char capture[FILES_PATH];
    files_may_be_open(2 * WEB_CONNECTIONS_MAX + 2 * CLASS_AT_ONCE + 64); /* a phone has three */
    snprintf(capture, sizeof capture, "%s/room.pcap", page->folder);
    struct class_config config = {.listen = c->join,
                                  .to = c->room,
                                  .sets = c->sets,
                                  .n_sets = c->n_sets,
                                  .per_address = c->per_address,
                                  .capture_max = c->capture_max,
                                  .captures_max = c->captures_max,
                                  .capture = c->write ? c->write : capture,
                                  .folder = page->folder,
                                  .threads = c->threads,
                                  .expected = c->expected,
                                  .game = page->game,
                                  .unsaid = show_chat_unsaid,
                                  .user = page,
                                  .screen = c->screen};
    int status = class_new(&page->class, loop_uv(page->loop), &config);
    if (status != STATUS_OK)
        return status;
    page_tell_join(page);
    return page->n_sources == SOURCES_MAX ? show_add(page, config.capture) : show_add_room(page, config.capture);
}

static void remove_folder(const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[FILES_PATH];
    while (folder && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (unlink(name) < 0)
            remove_folder(name);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

static void on_signal(void *user, int number) {
    struct page *page = user;
    (void)number;
    loop_stop(page->loop);
}

int page_run(const struct page_config *config) {
    struct page *page = calloc(1, sizeof *page);
    if (!page || loop_new(&page->loop) < 0 || hub_new(&page->hub, told, page) < 0 || game_new(&page->game) < 0 ||
        timer_new(&page->timer, loop_uv(page->loop), poll, page) < 0 || match_new(&page->match, show_event, page) < 0) {
        screen_error(config->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    loop_catch(page->loop, on_signal, page);
    page->config = config;
    page->budget = config->budget;
    const char *where = getenv("TMPDIR");
    snprintf(page->folder, sizeof page->folder, "%.40s/parley-page-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(page->folder)) {
        screen_error(config->screen, "%s: %s", page->folder, strerror(errno));
        page->folder[0] = 0;
        page->status = STATUS_IO;
    }
    if (page->status == STATUS_OK && races_new(&page->races, loop_uv(page->loop), page->folder, config->threads) < 0) {
        screen_error(config->screen, "out of memory");
        page->status = STATUS_INTERNAL;
    }
    for (size_t i = 0; i < config->n_sources && page->status == STATUS_OK; i++)
        page->status = show_add(page, config->sources[i]);
    if (page->status == STATUS_OK && config->has_room)
        page->status = open_room(page);
    if (page->status == STATUS_OK)
        page->status = config->terminal ? open_terminal(page) : listen_at(page);
    if (page->status == STATUS_OK) {
        timer_start(page->timer, POLL_MS, POLL_MS);
        loop_run(page->loop);
        if (page->terminal && page->status == STATUS_OK)
            terminal_settle(page->terminal);
    }
    show_deinit(page);
    races_free(page->races);
    class_free(page->class);
    timer_free(page->timer);
    web_free(page->web);
    page->web = NULL;
    loop_free(page->loop);
    match_free(page->match);
    game_free(page->game);
    terminal_free(page->terminal);
    hub_free(page->hub);
    if (page->folder[0])
        remove_folder(page->folder);
    int status = page->status;
    free(page);
    return status;
}
