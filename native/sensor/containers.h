/* The containers of this engine: found at birth, given their policy, and told of. */
#ifndef SEAWALL_CONTAINERS_H
#define SEAWALL_CONTAINERS_H

#include <pthread.h>
#include <stdbool.h>

#include "engine.h"
#include "outbox.h"
#include "policies.h"
#include "ring.h"

#define CONTAINER_BUCKETS 1024
#define MAX_ASSIGNED 4096

struct container {
	struct container *next;
	struct container_value value; /* as the kernel has it */
	struct engine_container engine;
	uint64_t cgroup;
	uint64_t gone; /* CLOCK_BOOTTIME, ns; 0 while it is there */
	uint64_t told_throttled;
	uint64_t told_lost;
	uint32_t arm_us;
	uint8_t armed; /* wire_armed */
	bool assigned; /* its policy was set by name */
	uint64_t guard_second; /* the one in which the guard's events are counted */
	uint64_t guard_throttled;
	uint32_t guard_events;
};

/* Marks the file systems of a container for the guard. */
struct marker {
	bool (*mark)(struct marker *marker, uint64_t cgroup, const char *merged);
	/* Those that a process sees; false when it does not stand in the container whose root is mounted at `merged`. */
	bool (*mark_mounts)(struct marker *marker, uint64_t cgroup, const char *merged, uint32_t pid);
	void (*unmark)(struct marker *marker, uint64_t cgroup);
};

struct containers {
	pthread_mutex_t lock;
	struct kernel *kernel;
	struct policies *policies;
	struct outbox *outbox;
	const char *engine_root;
	const char *cgroup_root;
	struct container *buckets[CONTAINER_BUCKETS];
	struct wire_assign assigned[MAX_ASSIGNED];
	uint32_t assigned_count, assigned_next;
	uint32_t count;
	struct ring births;
	pthread_t thread;
	struct marker *marker; /* NULL: none */
};

/* With its fields set and its lock made: meets the containers that are there, then starts the thread that waits for births. 0, or -1 (told on stderr). */
int containers_open(struct containers *containers);

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

/* Tells what was lost or throttled since the last time and forgets those that are long gone; every second. */
void containers_tick(struct containers *containers);

#endif
