/* A group of fanotify with the thread that reads its questions. */
#ifndef SEAWALL_GUARD_WATCH_H
#define SEAWALL_GUARD_WATCH_H

#include "group.h"

struct guard_marking {
	struct guard_watch *watch;
	unsigned action; /* FAN_MARK_ADD or FAN_MARK_REMOVE */
	int error;       /* negative errno */
};

/* A group with all marks and a thread. NULL with errno. */
struct guard_watch *watch_new(struct guard *guard);
/* For mounts_each: marks a place, or takes its mark away. */
void watch_mark(void *marking, const char *path, bool overlay);
/* The kernel lets go of everybody who waits for this group; its thread ends when it comes round. */
void watch_disarm(struct guard_watch *watch);
/* Has the thread look what is no longer marked. */
void watch_wake(struct guard_watch *watch);
/* Ends the thread. False when it hangs. */
bool watch_end(struct guard_watch *watch);

#endif
