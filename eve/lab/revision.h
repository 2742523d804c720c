/* The source revision that was built, as git describes it; revision.c is made by the build. */
#ifndef PARLEY_EVE_LAB_REVISION_H
#define PARLEY_EVE_LAB_REVISION_H

extern const char lab_revision[];

#endif
