/* The table of the protocol as text, for tests/proof/golden/order.py: step, who speaks, the message's name; then what
 * each task says of the steps that are its own: "task", its name, whether it is experimental, the letter of its sets,
 * what it rests on, step, sentence, with tabs between them. */
#include "proto/order.h"
#include "common/task/table/table.h"

#include <stdio.h>

int main(void) {
    for (enum step step = STEP_A1; step != STEP_OPEN; step = order_next(step, true))
        for (int kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
            if (order_allows(step, step_speaker(step), (enum message_kind)kind))
                printf("%s %s %s\n", step_name(step), step_speaker(step) == SIDE_ALICE ? "Alice" : "Bob",
                       message_name((enum message_kind)kind));
    static const enum step own[] = {STEP_A2, STEP_B2, STEP_A3, STEP_B3};
    const struct task *task;
    for (size_t t = 0; (task = table_task(t)); t++)
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
            printf("task\t%s\t%d\t%c\t%s\t%s\t%s\n", task->name, task->experimental, task->set(0)->name[0],
                   task->assumption, step_name(own[i]), step_sentence(own[i], task->set(0)));
    return 0;
}
