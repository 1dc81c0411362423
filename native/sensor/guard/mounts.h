/* What is marked: the overlays, volumes and tmpfs of containers. */
#ifndef SEAWALL_GUARD_MOUNTS_H
#define SEAWALL_GUARD_MOUNTS_H

#include <sys/stat.h>

#include "mount.h"

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

#endif
