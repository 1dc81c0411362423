/* The marked mount that a file lies on. */
#ifndef SEAWALL_GUARD_MOUNT_H
#define SEAWALL_GUARD_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct guard_mounts;

struct guard_mount {
	uint64_t cgroup;
	uint64_t id;     /* of the mount of a volume or tmpfs */
	uint32_t device; /* as the container's stat shows it */
	bool overlay;
};

#endif
