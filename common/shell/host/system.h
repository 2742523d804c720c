/* What only some systems have. system_linux.c or system_other.c. */
#ifndef PARLEY_HOST_SYSTEM_H
#define PARLEY_HOST_SYSTEM_H

#include <stdint.h>

/* No core dump and no debugger of the same user sees this process's memory. Best effort. */
void system_hide_memory(void);

/* Frames of 256 KiB come and go by the hundred: keep their memory instead of asking the kernel for zeroed pages each
 * time. Where malloc has such a switch. */
void system_keep_memory(void);

/* What of it is not in use goes back to the kernel. */
void system_give_memory_back(void);

/* For a program whose one session takes megabytes: what it allocates comes in pages of 2 MiB where the kernel has some
 * to give. To hand out a page of 4 KiB takes it about as long as to expand as much of a matrix. Memory beyond what is
 * used: a page or two. */
void system_large_pages(void);

/* Bytes of this process that are in memory; 0 where the system does not tell. */
uint64_t system_resident(void);

/* Gives a pipe a larger buffer, where that is possible. Other descriptors are left alone. */
void system_grow_pipe(int fd);

#endif
