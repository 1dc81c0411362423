/* The containers of this engine: their policy, what they may send, and what is reported of them. */
#ifndef SEAWALL_CONTAINERS_H
#define SEAWALL_CONTAINERS_H

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

struct containers {
	pthread_mutex_t lock;
	struct kernel *kernel;
	struct policies *policies;
	struct outbox *outbox;
	struct container *buckets[CONTAINER_BUCKETS];
	struct wire_assign assigned[MAX_ASSIGNED];
	uint32_t assigned_count, assigned_next;
	uint32_t count;
	uint32_t unreported;      /* containers of which there is something to report */
	uint32_t report_bucket;   /* where the next of them is looked for */
	bool guard_gone;          /* the guard gave its group up; atomic */
	bool unguarded;           /* as the reports have it */
	uint64_t guard_throttled; /* of all containers, ever; atomic */
};

/* Takes a container in and gives it its policy; false when it is known already. */
bool containers_take_in(struct containers *containers, uint64_t cgroup, const struct container_value *value,
			const struct engine_container *engine);

/* Reports a container that was taken in, with how it is armed. `mark_error` is of guard_adapter_mark; `resumed`: a sensor
 * before this one had armed it. */
void containers_armed(struct containers *containers, uint64_t cgroup, int mark_error, bool resumed);

/* Whether a container of this id is there. */
bool containers_has_id(struct containers *containers, const char *id);

/* Writes where its root is mounted to `merged` (MERGED_BYTES); false when that is not known. */
bool containers_merged(struct containers *containers, uint64_t cgroup, char *merged);

/* Reports that it is gone; false when it was none of ours. */
bool containers_gone(struct containers *containers, uint64_t cgroup, uint64_t time);

bool containers_is_ours(struct containers *containers, uint64_t cgroup);

/* Policy number of a container of ours; false when it is none. */
bool containers_policy(struct containers *containers, uint64_t cgroup, struct container_value *value);

void containers_assign(struct containers *containers, const struct wire_assign *assign);

/* Chooses the policy of every container again, after policies came or went. */
void containers_choose(struct containers *containers);

/* Takes one event of the guard from the container's allowance of this second. */
bool containers_allow(struct containers *containers, uint64_t cgroup);

/* Adds what the kernel lost and throttled in all containers. */
void containers_totals(struct containers *containers, uint64_t *lost, uint64_t *throttled);

/* Reports what was lost or throttled since the last time and forgets those that are long gone; every second. */
void containers_tick(struct containers *containers);

#endif
