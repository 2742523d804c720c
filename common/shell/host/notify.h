/* Tells the service manager how far we are, by the protocol of sd_notify(3): one datagram of "KEY=value" lines to the
 * socket that $NOTIFY_SOCKET names. */
#ifndef PARLEY_HOST_NOTIFY_H
#define PARLEY_HOST_NOTIFY_H

/* A descriptor for notify_say, or -1 where nobody wants to know. Removes the variable: it is not for our children. */
int notify_open(void);
void notify_say(int fd, const char *state);
void notify_close(int fd);

#endif
