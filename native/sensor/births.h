/* What `births.c` takes from `containers.c`; callers hold the lock but for `containers_drain`. */
#ifndef SEAWALL_BIRTHS_H
#define SEAWALL_BIRTHS_H

#include "containers.h"

/* Takes in a container that is new and of this engine and arms it; NULL when it is not. */
struct container *containers_meet(struct containers *containers, uint64_t cgroup, const struct container_value *value);
void containers_tell(struct containers *containers, const struct container *container, uint8_t state);
void containers_arm(struct containers *containers, struct container *container);

/* Works off the ring of births. */
void containers_drain(struct containers *containers);

#endif
