/* The table of the protocol as text, for tests/proof/golden/order.py: step, who speaks, the message's name. */
#include "proto/order.h"

#include <stdio.h>

int main(void) {
    for (enum step step = STEP_A1; step != STEP_OPEN; step = order_next(step, true))
        for (int kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
            if (order_allows(step, step_speaker(step), (enum message_kind)kind))
                printf("%s %s %s\n", step_name(step), step_speaker(step) == SIDE_ALICE ? "Alice" : "Bob",
                       message_name((enum message_kind)kind));
    return 0;
}
