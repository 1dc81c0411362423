/* What `births.c` takes from `containers.c`; called without the lock. */
#ifndef SEAWALL_BIRTHS_H
#define SEAWALL_BIRTHS_H

#include "containers.h"

/* Takes in a container of this engine, arms it and tells of it; false when it is another engine's. */
bool containers_meet(struct containers *containers, uint64_t cgroup, const struct container_value *value);

/* Marks volumes and tmpfs as a process of the container sees them. False when there is nothing to mark, or when the
 * process does not stand in the container: until the runtime has changed its root, its mounts are the host's. */
bool containers_mounted(struct containers *containers, uint64_t cgroup, uint32_t pid);

/* Works off the ring of births. */
void containers_drain(struct containers *containers);

#endif
