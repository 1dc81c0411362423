#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "marked.h"
#include "origin.h"
#include "process.h"

/* A layer of the image has this very file: same inode, and a change time that no container can set. */
static bool is_in_lower(const struct marked *marked, const struct statx *file, const char *path)
{
	char whole[PATH_MAX];
	struct statx layer;

	for (unsigned at = 0; overlay_lower(&marked->overlay, at, path, whole, sizeof(whole)) > 0; at++) {
		if (statx(AT_FDCWD, whole, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &layer) != 0)
			continue;
		return layer.stx_ino == file->stx_ino && marked_time(&layer.stx_ctime) == marked_time(&file->stx_ctime);
	}
	return false;
}

uint8_t mounts_likely_origin(struct guard_mounts *mounts, const struct guard_mount *at, const struct statx *file)
{
	const struct marked *marked;
	bool older;

	if (!at->overlay)
		return WIRE_ORIGIN_OTHER;
	if (file->stx_nlink == 0)
		return WIRE_ORIGIN_DELETED;
	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, at);
	older = marked != NULL && marked_time(&file->stx_ctime) < marked->birth;
	pthread_rwlock_unlock(&mounts->lock);
	return older ? WIRE_ORIGIN_IMAGE : WIRE_ORIGIN_UPPER;
}

uint8_t mounts_origin(struct guard_mounts *mounts, const struct guard_mount *at, const struct statx *file,
		      const char *path)
{
	char whole[PATH_MAX];
	struct statx copy;
	const struct marked *marked;
	uint8_t origin = WIRE_ORIGIN_UPPER;

	if (!at->overlay)
		return WIRE_ORIGIN_OTHER;
	if (file->stx_nlink == 0)
		return WIRE_ORIGIN_DELETED;
	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, at);
	if (marked != NULL && marked->overlay.upper == NULL) {
		origin = WIRE_ORIGIN_IMAGE;
	} else if (marked != NULL) {
		/* What is written gets the time of now, later than the writable layer itself; layers of the image are older,
		 * unless they were brought back from a copy: then the layer has to show the file. */
		snprintf(whole, sizeof(whole), "%s%s", marked->overlay.upper, path);
		if (statx(AT_FDCWD, whole, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &copy) == 0 &&
		    S_ISREG(copy.stx_mode))
			origin = WIRE_ORIGIN_UPPER;
		else if (marked_time(&file->stx_ctime) < marked->birth || is_in_lower(marked, file, path))
			origin = WIRE_ORIGIN_IMAGE;
	}
	pthread_rwlock_unlock(&mounts->lock);
	return origin;
}

struct wire_file mounts_identity(struct guard_mounts *mounts, const struct guard_mount *at, const struct statx *file)
{
	const struct marked *marked;
	struct wire_file identity = { .device = PROCESS_DEVICE(file),
				      .mode = file->stx_mode,
				      .inode = file->stx_ino,
				      .ctime = marked_time(&file->stx_ctime),
				      .size = file->stx_size };

	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, at);
	if (marked != NULL && at->overlay && marked->device == identity.device)
		identity.device = marked->backing;
	pthread_rwlock_unlock(&mounts->lock);
	return identity;
}
