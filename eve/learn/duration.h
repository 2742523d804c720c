/* A span of time in plain units. */
#ifndef PARLEY_EVE_DURATION_H
#define PARLEY_EVE_DURATION_H

enum { DURATION_TEXT = 48 };

/* "120 us", "3.2 ms", "0.03 s", "12 s", "3.2 minutes", "5.1 hours", "12 days"; above a year, in work: "3.2 core-years",
 * "10^12 core-years", cores being how many work at it. "unknown" for NAN and infinity. */
void duration_text(char out[static DURATION_TEXT], double seconds, unsigned cores);

#endif
