/* The containers of this engine: their policy, what they may send, and what is reported of them. */
#ifndef SEAWALL_CONTAINERS_H
#define SEAWALL_CONTAINERS_H

#include "container-list.h"

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

/* Chooses the policy of every container again, after policies came or went. On the server's thread, which alone changes
 * policies and frees containers. */
void containers_choose(struct containers *containers);

/* Takes one event of the guard from the container's allowance of this second. */
bool containers_allow(struct containers *containers, uint64_t cgroup);

/* Adds what the kernel lost and throttled in all containers. */
void containers_totals(struct containers *containers, uint64_t *lost, uint64_t *throttled);

/* Reports what was lost or throttled since the last time and forgets those that are long gone; every second. */
void containers_tick(struct containers *containers);

#endif
