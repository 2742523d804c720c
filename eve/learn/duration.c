#include "eve/learn/duration.h"

#include <math.h>
#include <stdio.h>

void duration_text(char out[static DURATION_TEXT], double seconds, unsigned cores) {
    const double year = 365.25 * 86400;
    if (!isfinite(seconds))
        snprintf(out, DURATION_TEXT, "unknown");
    else if (seconds > 0 && seconds < 1e-3)
        snprintf(out, DURATION_TEXT, "%.0f us", seconds * 1e6);
    else if (seconds > 0 && seconds < 0.01)
        snprintf(out, DURATION_TEXT, "%.1f ms", seconds * 1e3);
    else if (seconds < 10)
        snprintf(out, DURATION_TEXT, "%.2f s", seconds);
    else if (seconds < 120)
        snprintf(out, DURATION_TEXT, "%.0f s", seconds);
    else if (seconds < 2 * 3600)
        snprintf(out, DURATION_TEXT, "%.1f minutes", seconds / 60);
    else if (seconds < 2 * 86400)
        snprintf(out, DURATION_TEXT, "%.1f hours", seconds / 3600);
    else if (seconds < year)
        snprintf(out, DURATION_TEXT, "%.0f days", seconds / 86400);
    else if (seconds * cores < 1e4 * year)
        snprintf(out, DURATION_TEXT, "%.1f core-years", seconds * cores / year);
    else
        snprintf(out, DURATION_TEXT, "10^%.0f core-years", log10(seconds * cores / year));
}
