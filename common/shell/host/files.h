/* Files of this process, and programs beside it. */
#ifndef PARLEY_HOST_FILES_H
#define PARLEY_HOST_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Makes room for n open files. Returns how many there may be. */
uint64_t files_may_be_open(uint64_t n);

/* All n bytes. -errno. */
int files_write(int fd, const void *bytes, size_t n);

enum { FILES_PATH = 4096 };

/* The path of a program: in folder, if that is given (also as NAME/NAME there, where a build puts it); else beside the
 * running program likewise, else as the shell would find it. -ENOENT; path is the name then, unless a folder was given.
 */
int files_find_program(char path[static FILES_PATH], const char *folder, const char *name);

#endif
