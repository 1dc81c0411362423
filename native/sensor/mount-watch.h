/* Follows what containers mount after they have begun: a mount that is made later, and those of a mount namespace of a
 * program's own. Told by the kernel as it happens, marked some milliseconds later. */
#ifndef SEAWALL_MOUNT_WATCH_H
#define SEAWALL_MOUNT_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define MOUNT_WATCHES_MAX 8192
#define MOUNT_WATCHES_OF_ONE 8 /* namespaces of one container */

struct mount_watched {
	uint64_t cgroup;
	uint64_t looked; /* CLOCK_BOOTTIME, ns */
	uint32_t pid;    /* a process that has the namespace */
	int file;        /* its mountinfo, open for as long as it is watched */
	bool changed;
};

/* Used by one thread. */
struct mount_watch {
	struct mount_watched list[MOUNT_WATCHES_MAX];
	uint32_t count;
};

/* Marks again what a process of the container has mounted. */
typedef void mount_watch_look(void *ctx, uint64_t cgroup, uint32_t pid);

/* Watches the mounts of a process, unless the container has too many namespaces that are watched. */
void mount_watch_add(struct mount_watch *watch, uint64_t cgroup, uint32_t pid);

/* Watches the mounts of this process no longer. */
void mount_watch_leave(struct mount_watch *watch, uint64_t cgroup, uint32_t pid);

/* The container is gone. */
void mount_watch_drop(struct mount_watch *watch, uint64_t cgroup);

/* Writes what to poll for, at most MOUNT_WATCHES_MAX; returns how many. The kernel tells of a change once, to whoever polls
 * (an epoll would take it for itself). */
uint32_t mount_watch_fill(const struct mount_watch *watch, struct pollfd *ready);
/* Takes in what poll said of them. */
void mount_watch_note(struct mount_watch *watch, const struct pollfd *ready);

/* Looks where something was mounted, twice a second at most for each. Milliseconds until the next look is due, -1 for
 * never. */
int mount_watch_go_on(struct mount_watch *watch, mount_watch_look *look, void *ctx);

#endif
