#include "eve/cli/select.h"

#include "common/shell/host/status.h"

int select_sessions(struct capture *capture, struct arguments *a) {
    char error[CAPTURE_ERROR];
    struct capture_config config = {.session = a->session, .keep_samples = true};
    int status = status_of_file(capture_read(capture, a->file, &config, error));
    if (status != STATUS_OK) {
        screen_error(&a->screen, "%s", error);
        return status;
    }
    if (capture->warning[0])
        screen_warning(&a->screen, "%s", capture->warning);
    if (capture->unkept)
        screen_warning(&a->screen, "%llu sessions were left out: no memory for them",
                       (unsigned long long)capture->unkept);
    if (capture->n_sessions == 0) {
        screen_error(&a->screen, a->session ? "%s: no session %s in it" : "%s: no Parley session in it", a->file,
                     a->session);
        return STATUS_DATA;
    }
    return STATUS_OK;
}

int select_one(struct capture *capture, struct arguments *a, struct capture_session **sessionp) {
    int status = select_sessions(capture, a);
    size_t n_complete = 0;
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < capture->n_sessions; i++) {
        if (capture->sessions[i]->facts->complete) {
            n_complete++;
            *sessionp = capture->sessions[i];
        }
    }
    if (n_complete > 1) {
        screen_error(&a->screen, "%s: %zu sessions; say which with --session ID (eve inspect lists them)", a->file,
                     n_complete);
        return STATUS_USAGE;
    }
    if (n_complete == 0) {
        screen_error(&a->screen, "%s: no complete session in it: %s", a->file, capture->sessions[0]->facts->problem);
        return STATUS_DATA;
    }
    if (!(*sessionp)->facts->composed) {
        screen_error(&a->screen, "there is no memory for the samples of this session: select it with --session");
        return STATUS_INTERNAL;
    }
    return STATUS_OK;
}
