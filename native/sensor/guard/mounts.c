#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "find-file.h"
#include "marked.h"
#include "mountinfo.h"
#include "mounts.h"
#include "process.h"

struct guard_mounts *mounts_open(void)
{
	struct guard_mounts *mounts = calloc(1, sizeof(*mounts));

	if (mounts != NULL)
		pthread_rwlock_init(&mounts->lock, NULL);
	return mounts;
}

static void marked_free(struct marked *marked)
{
	overlay_free(&marked->overlay);
	free(marked->path);
	free(marked->root);
	free(marked);
}

static bool is_served_by_others(const struct statfs *kind)
{
	static const long magics[] = { 0x65735546 /* FUSE */, 0x6969 /* NFS */,
				       0x517b /* SMB */,      0xff534d42 /* CIFS */,
				       0xfe534d42 /* SMB2 */, 0x01021997 /* 9p */,
				       0x00c36400 /* Ceph */, 0x0bd00bd0 /* Lustre */ };

	for (size_t at = 0; at < sizeof(magics) / sizeof(*magics); at++)
		if ((long)kind->f_type == magics[at])
			return true;
	return false;
}

/* The mounts as the process sees them through which the marked one is found. */
static FILE *open_mountinfo(const struct marked *marked)
{
	char name[64] = "/proc/self/mountinfo";
	unsigned process;

	if (sscanf(marked->path, "/proc/%u/root", &process) == 1)
		snprintf(name, sizeof(name), "/proc/%u/mountinfo", process);
	return fopen(name, "re");
}

static void read_root(struct marked *marked)
{
	FILE *file = open_mountinfo(marked);
	struct mountinfo found;
	char *line;

	if (file == NULL)
		return;
	if (mountinfo_find(file, marked->key, &line, &found))
		marked->root = strdup(found.root);
	free(line);
	fclose(file);
}

static int read_layers(struct marked *marked, uint64_t mount)
{
	char lower[PATH_MAX];
	struct statx layer;
	FILE *file = open_mountinfo(marked);
	int error;

	if (file == NULL)
		return -errno;
	error = overlay_read(&marked->overlay, file, mount, marked->path);
	fclose(file);
	if (error != 0)
		return error;
	if (marked->overlay.upper == NULL && overlay_lower(&marked->overlay, 0, "", lower, sizeof(lower)) == 0)
		return -ENOENT;
	if (statx(AT_FDCWD, marked->overlay.upper != NULL ? marked->overlay.upper : lower, 0,
		  STATX_BASIC_STATS | STATX_BTIME, &layer) != 0)
		return -errno;
	marked->backing = PROCESS_DEVICE(&layer);
	if (layer.stx_mask & STATX_BTIME)
		marked->birth = marked_time(&layer.stx_btime);
	return 0;
}

/* Looks at what is mounted there: an overlay of its own, or a mount of a file system that cannot hang us. */
static int look(struct marked *marked, int file)
{
	struct statx status;
	struct statx own;
	struct statfs kind;

	if (statx(file, "", AT_EMPTY_PATH, PROCESS_STATX, &status) != 0 ||
	    statx(AT_FDCWD, "/", 0, PROCESS_STATX, &own) != 0 || fstatfs(file, &kind) != 0)
		return -errno;
	marked->device = PROCESS_DEVICE(&status);
	if (marked->overlay_root) {
		if (kind.f_type != OVERLAYFS_SUPER_MAGIC || marked->device == PROCESS_DEVICE(&own))
			return -EXDEV;
		marked->key = marked->device;
		return read_layers(marked, status.stx_mnt_id);
	}
	if (is_served_by_others(&kind))
		return -EOPNOTSUPP;
	if ((status.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 || status.stx_mnt_id == own.stx_mnt_id)
		return -EXDEV;
	marked->key = status.stx_mnt_id;
	marked->backing = marked->device;
	read_root(marked);
	return 0;
}

/* A path behind /proc/PID/root is found as the container has it: its links lead nowhere else. */
static int open_marked(const char *path)
{
	unsigned process;
	int inner = 0;

	if (sscanf(path, "/proc/%u/root%n", &process, &inner) == 1 && path[inner] == '/')
		return find_open(process, path + inner);
	return open(path, O_PATH | O_CLOEXEC);
}

int mounts_add(struct guard_mounts *mounts, const char *path, uint64_t cgroup, bool overlay)
{
	struct marked *marked = calloc(1, sizeof(*marked));
	struct marked *old;
	int file;
	int error;

	if (marked == NULL || (marked->path = strdup(path)) == NULL) {
		free(marked);
		return -ENOMEM;
	}
	marked->overlay_root = overlay;
	marked->cgroup = cgroup;
	file = open_marked(path);
	error = file < 0 ? -errno : look(marked, file);
	if (file >= 0)
		close(file);
	if (error != 0) {
		marked_free(marked);
		return error;
	}
	pthread_rwlock_wrlock(&mounts->lock);
	__atomic_fetch_add(&mounts->changes, 1, __ATOMIC_RELEASE);
	memset(mounts->aliases, 0, sizeof(mounts->aliases)); /* the number was another's before, perhaps */
	old = marked_find(mounts, marked->key, overlay);
	if (old != NULL) { /* the number was another's before, or it is marked again */
		struct marked *next = old->next;
		struct marked swap = *old;

		*old = *marked;
		old->next = next;
		*marked = swap;
	} else {
		marked->next = mounts->buckets[marked->key % MARKED_BUCKETS];
		mounts->buckets[marked->key % MARKED_BUCKETS] = marked;
		mounts->count++;
		marked = NULL;
	}
	pthread_rwlock_unlock(&mounts->lock);
	if (marked != NULL)
		marked_free(marked);
	return 0;
}

void mounts_remove(struct guard_mounts *mounts, uint64_t cgroup)
{
	pthread_rwlock_wrlock(&mounts->lock);
	__atomic_fetch_add(&mounts->changes, 1, __ATOMIC_RELEASE);
	memset(mounts->aliases, 0, sizeof(mounts->aliases)); /* ids of mounts are used again */
	for (unsigned bucket = 0; bucket < MARKED_BUCKETS; bucket++) {
		struct marked **at = &mounts->buckets[bucket];

		while (*at != NULL) {
			struct marked *marked = *at;

			if (marked->cgroup != cgroup) {
				at = &marked->next;
				continue;
			}
			*at = marked->next;
			mounts->count--;
			marked_free(marked);
		}
	}
	pthread_rwlock_unlock(&mounts->lock);
}

void mounts_close(struct guard_mounts *mounts)
{
	for (unsigned bucket = 0; bucket < MARKED_BUCKETS; bucket++) {
		while (mounts->buckets[bucket] != NULL) {
			struct marked *marked = mounts->buckets[bucket];

			mounts->buckets[bucket] = marked->next;
			marked_free(marked);
		}
	}
	pthread_rwlock_destroy(&mounts->lock);
	free(mounts);
}

unsigned mounts_count(struct guard_mounts *mounts)
{
	return __atomic_load_n(&mounts->count, __ATOMIC_RELAXED);
}

void mounts_each(struct guard_mounts *mounts, uint64_t cgroup, void (*call)(void *ctx, const char *path, bool overlay),
		 void *ctx)
{
	char name[64];
	struct statx status;

	pthread_rwlock_rdlock(&mounts->lock);
	for (unsigned bucket = 0; bucket < MARKED_BUCKETS; bucket++) {
		for (struct marked *marked = mounts->buckets[bucket]; marked != NULL; marked = marked->next) {
			int file;

			if (cgroup != 0 && marked->cgroup != cgroup)
				continue;
			file = open_marked(marked->path);
			if (file < 0)
				continue;
			/* What is no longer mounted shows what lies below: never that. */
			if (statx(file, "", AT_EMPTY_PATH, PROCESS_STATX, &status) == 0 &&
			    marked->key == (marked->overlay_root ? PROCESS_DEVICE(&status) : status.stx_mnt_id)) {
				snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
				call(ctx, name, marked->overlay_root);
			}
			close(file);
		}
	}
	pthread_rwlock_unlock(&mounts->lock);
}

/* Device of the file system that is mounted so, as the thread's mountinfo has it. */
static uint32_t mounted_device(struct guard_mounts *mounts, uint64_t mount, uint32_t thread)
{
	struct alias *alias = &mounts->aliases[mount % MARKED_ALIASES];
	struct mountinfo found;
	char name[64];
	FILE *file;
	char *line;

	if (alias->mount == mount)
		return alias->device;
	snprintf(name, sizeof(name), "/proc/%u/mountinfo", thread);
	file = fopen(name, "re");
	if (file == NULL)
		return 0;
	alias->mount = mount;
	alias->device = mountinfo_find(file, mount, &line, &found) ? found.device : 0;
	fclose(file);
	free(line);
	return alias->device;
}

bool mounts_find(struct guard_mounts *mounts, const struct statx *file, uint32_t thread, struct guard_mount *found)
{
	struct marked *marked;

	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_find(mounts, PROCESS_DEVICE(file), true);
	if (marked == NULL)
		marked = marked_find(mounts, file->stx_mnt_id, false);
	if (marked == NULL)
		marked = marked_find(mounts, mounted_device(mounts, file->stx_mnt_id, thread), true);
	if (marked != NULL)
		*found = (struct guard_mount){ .cgroup = marked->cgroup,
					       .device = marked->device,
					       .id = marked->overlay_root ? 0 : marked->key,
					       .overlay = marked->overlay_root };
	pthread_rwlock_unlock(&mounts->lock);
	return marked != NULL;
}

uint32_t mounts_changes(struct guard_mounts *mounts)
{
	return __atomic_load_n(&mounts->changes, __ATOMIC_ACQUIRE);
}

/* Whether one of two folders is in the other. */
static bool is_within(const char *one, const char *other)
{
	size_t length = one == NULL || other == NULL ? 0 : strlen(one) < strlen(other) ? strlen(one) : strlen(other);
	const char *longer;

	if (length <= 1 || strncmp(one, other, length) != 0)
		return length <= 1;
	longer = one[length] == '\0' ? other : one;
	return longer[length] == '\0' || longer[length] == '/';
}

bool mounts_alone(struct guard_mounts *mounts, const struct guard_mount *mount)
{
	const struct marked *marked;
	bool alone;

	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, mount);
	alone = marked != NULL;
	for (unsigned bucket = 0; alone && bucket < MARKED_BUCKETS; bucket++)
		for (const struct marked *one = mounts->buckets[bucket]; alone && one != NULL; one = one->next)
			alone = one == marked || one->device != marked->device || !is_within(one->root, marked->root);
	pthread_rwlock_unlock(&mounts->lock);
	return alone;
}

const char *mounts_inner_path(struct guard_mounts *mounts, const struct guard_mount *at, const char *path)
{
	const struct marked *marked;
	size_t length;

	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, at);
	length = marked == NULL ? 0 : strlen(marked->path);
	/* Through the path that the host sees. */
	if (length > 0 && strncmp(path, marked->path, length) == 0 && path[length] == '/')
		path += length;
	pthread_rwlock_unlock(&mounts->lock);
	return path;
}
