/* Meets the containers that are there, then waits for those that are born, run their first program, or end. */
#ifndef SEAWALL_CGROUP_EVENTS_H
#define SEAWALL_CGROUP_EVENTS_H

#include "guard-adapter.h"
#include "mount-watch.h"
#include "ring.h"

/* A container that runs on though its cgroup is gone: whoever may write to cgroups can empty its own, and then remove it. */
struct stray {
	uint64_t cgroup;
	char id[WIRE_ID];
};

struct cgroup_events {
	struct kernel *kernel;
	struct containers *containers;
	struct guard_adapter *guard;
	const char *engine_root;
	const char *cgroup_root;
	struct ring ring;
	struct stray strays[MAX_CONTAINERS];
	uint32_t stray_count;
	struct mount_watch mounts;
	struct pollfd ready[1 + MOUNT_WATCHES_MAX];
	pthread_t thread;
};

/* With its first five fields set: takes in the containers that run, then starts the thread that waits. 0, or -1 (written to
 * stderr). */
int cgroup_events_open(struct cgroup_events *events);

#endif
