/* What is marked: the overlays, volumes and tmpfs of containers, and what is known of a file by where it lies. */
#ifndef SEAWALL_GUARD_MOUNTS_H
#define SEAWALL_GUARD_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "../../include/wire.h"

#define MOUNTS_IMAGE_STEPS 2048 /* of one question */

struct guard_mounts;

/* The marked mount that a file lies on. */
struct guard_mount {
	uint64_t cgroup;
	uint64_t id;     /* of the mount of a volume or tmpfs */
	uint32_t device; /* as the container's stat shows it */
	bool overlay;
};

struct guard_mounts *mounts_open(void);
void mounts_close(struct guard_mounts *mounts);
/* 0 or a negative errno. */
int mounts_add(struct guard_mounts *mounts, const char *path, uint64_t cgroup, bool overlay);
void mounts_remove(struct guard_mounts *mounts, uint64_t cgroup);
unsigned mounts_count(struct guard_mounts *mounts);
/* Calls for each mount of the cgroup (0: of all) that is still mounted, with a path for fanotify_mark. */
void mounts_each(struct guard_mounts *mounts, uint64_t cgroup, void (*call)(void *ctx, const char *path, bool overlay),
		 void *ctx);
/* The mount of an open file. `thread` is one that sees the mount. */
bool mounts_find(struct guard_mounts *mounts, const struct statx *file, uint32_t thread, struct guard_mount *mount);
/* How often something was marked or is marked no more. */
uint32_t mounts_changes(struct guard_mounts *mounts);
/* Whether the mount is still marked, and no other one shows a folder of it. */
bool mounts_alone(struct guard_mounts *mounts, const struct guard_mount *mount);
/* Path in the container from the path that /proc/self/fd shows. */
const char *mounts_inner_path(struct guard_mounts *mounts, const struct guard_mount *mount, const char *path);
/* wire_origin of a file of that mount. */
uint8_t mounts_origin(struct guard_mounts *mounts, const struct guard_mount *mount, const struct statx *file,
		      const char *path);
/* The same by time alone, for a program that runs already. */
uint8_t mounts_likely_origin(struct guard_mounts *mounts, const struct guard_mount *mount, const struct statx *file);
/* Opens (O_PATH) the image's own file at this path, whatever the writable layer has there, and fills its identity. -1 when the image
 * has none, when the path has a component `.`, `..` or an empty one, and once `steps`, which it counts down by what it opens,
 * are used up. */
int mounts_open_image(struct guard_mounts *mounts, const struct guard_mount *mount, const char *path, unsigned *steps,
		      struct wire_file *file);
/* The file's identity, with the device of the layer that holds it. */
struct wire_file mounts_identity(struct guard_mounts *mounts, const struct guard_mount *mount,
				 const struct statx *file);

#endif
