#include "common/shell/net/web_parts.h"

void web_turn(struct web *web) {
    MHD_UNSIGNED_LONG_LONG ms;
    MHD_run(web->daemon);
    if (MHD_get_timeout(web->daemon, &ms) == MHD_YES && ms == 0)
        uv_async_send(&web->again); /* no timer: one of 0 ms would starve the others */
}

/* In the next turn, which we have to ask for: on a loop that is not its own the library does not. */
void web_turn_resume(struct web_client *x) {
    if (!x->waiting)
        return;
    x->waiting = false;
    MHD_resume_connection(x->connection);
    uv_async_send(&x->web->again);
}
