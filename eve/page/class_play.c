/* The class plays: what its phones may see and answer. A phone has a seat as long as it is in the room. */
#include "eve/page/class_parts.h"

#include <errno.h>
#include <string.h>

/* NULL: it is of nobody who is in the room. */
static struct pupil *by_ticket(struct class *class, const struct web_request *request) {
    char ticket[PLAY_TICKET];
    if (class->closed || !play_ticket(ticket, request))
        return NULL;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->state != PUPIL_ENDED_STATE && !pupil->leaving && strcmp(pupil->ticket, ticket) == 0)
            return pupil;
    }
    return NULL;
}

static void take(struct class *class, const struct pupil *pupil, const struct web_request *request,
                 struct web_answer *a) {
    struct play play;
    const char *wrong = play_read(&play, request);
    int r = wrong ? 0 : game_take(class->config.game, pupil->number - 1, play.round, play.question, play.option);
    if (wrong)
        web_answer_text(a, 400, wrong);
    else if (r == -EEXIST)
        web_answer_text(a, 409, "this phone has answered that already\n");
    else if (r == -ESTALE)
        web_answer_text(a, 410, "too late: that is over\n");
    else if (r < 0)
        web_answer_text(a, 400, "there is no such question or answer\n");
    else
        web_answer_text(a, 200, "taken\n");
}

void class_answer_play(struct class *class, const struct web_request *request, struct web_answer *a) {
    const struct pupil *pupil = by_ticket(class, request);
    if (!pupil && request->post) {
        web_answer_text(a, 403, "only who is in the room may answer: join first\n");
        return;
    }
    if (request->post) {
        take(class, pupil, request, a);
        return;
    }
    /* who is not in the room sees that, and nothing else */
    json_t *object = pupil ? game_on_phone(class->config.game, pupil->number - 1)
                           : json_pack("{s:i, s:s}", "schema", 1, "game", "away");
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text)
        *a = (struct web_answer){.status = 200, .type = "application/json", .owned = text, .n_body = strlen(text)};
    else
        web_answer_text(a, 500, "out of memory\n");
}

const char *class_name(void *user, size_t seat) {
    const struct class *class = user;
    return seat < class->n_pupils && !class->pupils[seat]->off ? class->pupils[seat]->join.name : "";
}

unsigned class_phones(const struct class *class) {
    return (unsigned)class_places(class, NULL);
}
