#include "common/net/status.h"
#include "common/net/timer.h"
#include "eve/page/internal.h"
#include "eve/page/programs.h"

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

static void poll(void *user) {
    show_poll(user);
}

static const char *next(void *user, uint64_t *numberp) {
    return hub_next(((struct page *)user)->hub, numberp);
}

static bool is_loopback(const char *host) {
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static int listen_at(struct page *page) {
    const struct page_config *c = page->config;
    struct web_config config = {.listen = c->listen, .answer = page_answer, .next = next, .user = page};
    uint8_t random[16];
    if (strcmp(config.listen.host, "localhost") == 0)
        snprintf(config.listen.host, sizeof config.listen.host, "127.0.0.1");
    int r = web_new(&page->web, loop_uv(page->loop), &config);
    if (r == -ENOSYS)
        screen_error(c->screen, "this eve was built without libwebsockets, which the page needs");
    else if (r == -ENOENT)
        screen_error(c->screen, "the page cannot be served: on Debian, the package libwebsockets-evlib-uv is needed");
    else if (r < 0)
        screen_error(c->screen, "cannot listen at %s port %s: is another eve serving there?", config.listen.host,
                     config.listen.port);
    if (r < 0)
        return r == -ENOSYS || r == -ENOENT ? STATUS_UNAVAILABLE : STATUS_IO;
    randombytes_buf(random, sizeof random);
    control_init(&page->control, config.listen.host, web_port(page->web), is_loopback(config.listen.host), random);
    if (page->control.loopback)
        printf("http://%s/#token=%s\n", page->control.host, page->control.token);
    else
        printf("http://%s/?viewer=%s\n", page->control.host, page->control.token);
    fflush(stdout);
    if (!page->control.loopback)
        screen_line(c->screen, SCREEN_PLAIN, "Whoever has this address may look; nobody may change anything.");
    return STATUS_OK;
}

static void remove_folder(const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[PROGRAM_PATH];
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

int page_run(const struct page_config *config) {
    struct page *page = calloc(1, sizeof *page);
    if (!page || loop_new(&page->loop) < 0 || hub_new(&page->hub, told, page) < 0 ||
        timer_new(&page->timer, loop_uv(page->loop), poll, page) < 0 || match_new(&page->match, show_event, page) < 0) {
        screen_error(config->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    page->config = config;
    page->budget = config->budget;
    const char *where = getenv("TMPDIR");
    snprintf(page->folder, sizeof page->folder, "%.40s/parley-page-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(page->folder)) {
        screen_error(config->screen, "%s: %s", page->folder, strerror(errno));
        page->folder[0] = 0;
        page->status = STATUS_IO;
    }
    for (size_t i = 0; i < config->n_sources && page->status == STATUS_OK; i++)
        page->status = show_add(page, config->sources[i]);
    if (page->status == STATUS_OK)
        page->status = listen_at(page);
    if (page->status == STATUS_OK) {
        timer_start(page->timer, POLL_MS, POLL_MS);
        loop_run(page->loop);
    }
    show_deinit(page);
    timer_free(page->timer);
    web_free(page->web);
    page->web = NULL;
    loop_free(page->loop);
    match_free(page->match);
    hub_free(page->hub);
    if (page->folder[0])
        remove_folder(page->folder);
    int status = page->status;
    free(page);
    return status;
}
