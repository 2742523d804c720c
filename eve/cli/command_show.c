/* eve show: what eve serve shows, as lines of text. */
#include "eve/cli/commands.h"
#include "eve/page/page.h"

#include "common/shell/host/status.h"

int show_run(struct arguments *a) {
    struct page_config config = {
        .terminal = true, .once = a->once, .budget = a->budget, .threads = a->threads, .screen = &a->screen};
    const char *sources[64];
    sources[config.n_sources++] = a->file;
    for (size_t i = 0; a->more && a->more[i] && config.n_sources < sizeof sources / sizeof sources[0]; i++)
        sources[config.n_sources++] = a->more[i];
    config.sources = sources;
    return page_run(&config);
}
