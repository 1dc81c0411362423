/* What the sensor keeps of each container. */
#ifndef SEAWALL_CONTAINER_LIST_H
#define SEAWALL_CONTAINER_LIST_H

#include <pthread.h>
#include <stdbool.h>

#include "engine.h"
#include "outbox.h"
#include "policies.h"

#define CONTAINER_BUCKETS 1024
#define MAX_ASSIGNED 4096

struct container {
	struct container *next;
	struct container_value value; /* as the kernel has it */
	struct engine_container engine;
	uint64_t cgroup;
	uint64_t gone; /* CLOCK_BOOTTIME, ns; 0 while it is there */
	uint32_t arm_us;
	uint8_t armed;   /* wire_armed */
	bool met;        /* it was tried to mark it: what is in force is known */
	bool unreported; /* what is in force, to the agent */
	int mark_error;  /* 0: its root is marked; -ENOSYS: there is no guard; else why not, negative errno */
	int map_error;   /* errno with which the kernel's table did not take it; 0: it did */
	struct wire_armed_container reported; /* newest report (arming.c) */
	uint64_t guard_second;                /* the one in which the guard's events are counted */
	uint64_t guard_throttled;             /* not reported yet */
	uint32_t guard_events;
};

struct assigned {
	struct wire_assign said;
	bool kept; /* whatever is said later */
};

/* Locks of the sensor, in the order in which one may be taken while another is held:
 *   guard.lock, mounts.lock        of the guard; held while the mounts of one container are marked
 *   containers.lock                held for one container: a look-up, or writing its policy and report
 *   policies.lock (read or write)  held for one answer, or to change one pointer
 *   tables.lock, copies.lock       one of them; tables: one search; copies: the copies of one container
 *   own_events.lock, tables.working, the hasher's
 *                                  last: nothing is taken while one of them is held; held for one record or one job
 * Nothing is read from a disk under a lock but what the guard marks. */
struct containers {
	pthread_mutex_t lock;
	struct kernel *kernel;
	struct policies *policies;
	struct outbox *outbox;
	struct container *buckets[CONTAINER_BUCKETS];
	struct assigned assigned[MAX_ASSIGNED];
	uint32_t assigned_count, assigned_next;
	uint64_t assigned_refused; /* for which there was no place */
	uint32_t count;
	uint32_t unreported;      /* containers of which there is something to report */
	uint32_t report_bucket;   /* where the next of them is looked for */
	bool guard_gone;          /* the guard gave its group up; atomic */
	bool unguarded;           /* as the reports have it */
	uint64_t guard_throttled; /* of all containers, ever; atomic */
};

#endif
