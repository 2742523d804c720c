/* Exit statuses of the programs, after sysexits.h where it has one. */
#ifndef PARLEY_HOST_STATUS_H
#define PARLEY_HOST_STATUS_H

#include <errno.h>

enum status {
    STATUS_OK = 0,
    STATUS_NEGATIVE = 1, /* an honest negative: keys differ, authentication refused */
    STATUS_USAGE = 64,
    STATUS_DATA = 65,
    STATUS_UNAVAILABLE = 69, /* the peer; always with a hint of what to type */
    STATUS_INTERNAL = 70,    /* out of memory */
    STATUS_IO = 74,
    STATUS_PROTOCOL = 76,
    STATUS_PERMISSION = 77,
    STATUS_SIGNAL = 128, /* + number: interrupted before a key */
};

/* For a file that could not be read: negative errno, -EBADMSG for what is in it. */
static inline int status_of_file(int error) {
    return error == 0 ? STATUS_OK : error == -EBADMSG ? STATUS_DATA : error == -ENOMEM ? STATUS_INTERNAL : STATUS_IO;
}

/* For an address that could not be listened at: what listener_new returns. */
static inline int status_of_listener(int error) {
    return error == 0         ? STATUS_OK
           : error == -EINVAL ? STATUS_USAGE
           : error == -EACCES ? STATUS_PERMISSION
           : error == -ENOMEM ? STATUS_INTERNAL
                              : STATUS_UNAVAILABLE;
}

#endif
