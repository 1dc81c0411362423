/* What `births.c` takes from `containers.c`; called without the lock. */
#ifndef SEAWALL_BIRTHS_H
#define SEAWALL_BIRTHS_H

#include "containers.h"

/* Takes in a container of this engine, arms it and tells of it; false when it is another engine's. */
bool containers_meet(struct containers *containers, uint64_t cgroup, const struct container_value *value);

/* The container's mounts are there; `pid` sees them. */
void containers_mounted(struct containers *containers, uint64_t cgroup, uint32_t pid);

/* Works off the ring of births. */
void containers_drain(struct containers *containers);

#endif
