/* Joins the guard to the policies, the containers and the outbox. */
#ifndef SEAWALL_GUARD_ADAPTER_H
#define SEAWALL_GUARD_ADAPTER_H

#include "guard-parts.h"

/* Starts the guard and adds its features, or why it cannot be had, to those of the kernel. */
void guard_adapter_open(struct guard_adapter *adapter);

/* Marks the root of a container, mounted at `merged`. 0, or a negative errno (logged) when nothing of it is asked
 * about: -ENOSYS where there is no guard. */
int guard_adapter_mark(struct guard_adapter *adapter, uint64_t cgroup, const char *merged);
/* Marks volumes and tmpfs: every mount of the process but its root. False when the process does not stand in the container
 * whose root is mounted at `merged`. */
bool guard_adapter_mark_mounts(struct guard_adapter *adapter, uint64_t cgroup, const char *merged, uint32_t pid);
void guard_adapter_unmark(struct guard_adapter *adapter, uint64_t cgroup);

/* After policies or containers changed, and once at the start: everything is asked for again. */
void guard_adapter_changed(struct guard_adapter *adapter);
void guard_adapter_budget(struct guard_adapter *adapter, uint32_t budget_ms);
/* Adds what the guard counted. */
void guard_adapter_count(struct guard_adapter *adapter, struct wire_status *status);

#endif
