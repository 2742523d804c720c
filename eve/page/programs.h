/* Where alice, bob and eve are: beside this eve, as they are built or installed, or on the PATH. */
#ifndef PARLEY_EVE_PAGE_PROGRAMS_H
#define PARLEY_EVE_PAGE_PROGRAMS_H

enum { PROGRAM_PATH = 4096 };

/* name: "alice", "bob", "eve". */
void program_find(char out[static PROGRAM_PATH], const char *name);

#endif
