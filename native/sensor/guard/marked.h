/* What the guard keeps of marked mounts: for mounts.c, origin.c and image-file.c alone. */
#ifndef SEAWALL_GUARD_MARKED_H
#define SEAWALL_GUARD_MARKED_H

#include <pthread.h>
#include <sys/stat.h>

#include "mount.h"
#include "overlay.h"

#define MARKED_BUCKETS 256
#define MARKED_ALIASES 512

struct marked {
	struct marked *next;
	uint64_t key; /* device of an overlay, id of a mount */
	bool overlay_root;
	uint64_t cgroup;
	uint32_t device;
	uint32_t backing;
	uint64_t birth; /* of the writable layer, ns of Unix time; 0: not known */
	char *path;
	char *root; /* of a mount, in its file system; NULL: not known */
	struct overlay overlay;
};

/* A mount of an overlay whose files show other devices than the overlay itself. */
struct alias {
	uint64_t mount;
	uint32_t device;
};

struct guard_mounts {
	pthread_rwlock_t lock;
	struct marked *buckets[MARKED_BUCKETS];
	unsigned count;
	uint32_t changes;                     /* how often something was marked or is no more */
	struct alias aliases[MARKED_ALIASES]; /* filled by the guard's thread only */
};

/* ns of Unix time. */
static inline uint64_t marked_time(const struct statx_timestamp *time)
{
	return (uint64_t)time->tv_sec * 1000000000u + time->tv_nsec;
}

/* With the lock; NULL when it is marked no more. `key`: device of an overlay, id of a mount. */
struct marked *marked_find(struct guard_mounts *mounts, uint64_t key, bool overlay);
struct marked *marked_at(struct guard_mounts *mounts, const struct guard_mount *mount);

#endif
