#include "common/shell/host/sandbox.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

int sandbox_enter(const struct sandbox *needs) {
    (void)needs;
#ifdef __linux__
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
    return SANDBOX_NONE;
}
