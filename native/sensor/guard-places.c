#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "guard-inner.h"
#include "overlay.h"

#define BUCKETS 256
#define ALIASES 512

struct place {
	struct place *next;
	uint64_t key; /* device of an overlay, id of a mount */
	bool overlay_root;
	uint64_t cgroup;
	uint32_t device;
	uint32_t backing;
	uint64_t birth; /* of the writable layer, ns of Unix time; 0: not known */
	char *path;
	struct overlay overlay;
};

/* A mount of an overlay whose files show other devices than the overlay itself. */
struct alias {
	uint64_t mount;
	uint32_t device;
};

struct guard_places {
	pthread_rwlock_t lock;
	struct place *buckets[BUCKETS];
	unsigned count;
	struct alias aliases[ALIASES]; /* filled by the guard's thread only */
};

struct guard_places *places_open(void)
{
	struct guard_places *places = calloc(1, sizeof(*places));

	if (places != NULL)
		pthread_rwlock_init(&places->lock, NULL);
	return places;
}

static void place_free(struct place *place)
{
	overlay_free(&place->overlay);
	free(place->path);
	free(place);
}

static bool is_served_by_others(const struct statfs *kind)
{
	static const long magics[] = { 0x65735546 /* FUSE */, 0x6969 /* NFS */, 0x517b /* SMB */, 0xff534d42 /* CIFS */,
				       0xfe534d42 /* SMB2 */, 0x01021997 /* 9p */, 0x00c36400 /* Ceph */, 0x0bd00bd0 /* Lustre */ };

	for (size_t at = 0; at < sizeof(magics) / sizeof(*magics); at++)
		if ((long)kind->f_type == magics[at])
			return true;
	return false;
}

static uint64_t nanoseconds(const struct statx_timestamp *time)
{
	return (uint64_t)time->tv_sec * 1000000000u + time->tv_nsec;
}

static int read_layers(struct place *place, uint64_t mount)
{
	char name[64] = "/proc/self/mountinfo";
	char lower[PATH_MAX];
	struct statx layer;
	unsigned process;
	FILE *file;
	int error;

	if (sscanf(place->path, "/proc/%u/root", &process) == 1)
		snprintf(name, sizeof(name), "/proc/%u/mountinfo", process);
	file = fopen(name, "re");
	if (file == NULL)
		return -errno;
	error = overlay_read(&place->overlay, file, mount, place->path);
	fclose(file);
	if (error != 0)
		return error;
	if (place->overlay.upper == NULL && overlay_lower(&place->overlay, 0, "", lower, sizeof(lower)) == 0)
		return -ENOENT;
	if (statx(AT_FDCWD, place->overlay.upper != NULL ? place->overlay.upper : lower, 0, STATX_BASIC_STATS | STATX_BTIME,
		  &layer) != 0)
		return -errno;
	place->backing = PROCESS_DEVICE(&layer);
	if (layer.stx_mask & STATX_BTIME)
		place->birth = nanoseconds(&layer.stx_btime);
	return 0;
}

/* Looks at what is mounted there: an overlay of its own, or a mount of a file system that cannot hang us. */
static int look(struct place *place, int file)
{
	struct statx status;
	struct statx own;
	struct statfs kind;

	if (statx(file, "", AT_EMPTY_PATH, PROCESS_STATX, &status) != 0 || statx(AT_FDCWD, "/", 0, PROCESS_STATX, &own) != 0 ||
	    fstatfs(file, &kind) != 0)
		return -errno;
	place->device = PROCESS_DEVICE(&status);
	if (place->overlay_root) {
		if (kind.f_type != OVERLAYFS_SUPER_MAGIC || place->device == PROCESS_DEVICE(&own))
			return -EXDEV;
		place->key = place->device;
		return read_layers(place, status.stx_mnt_id);
	}
	if (is_served_by_others(&kind))
		return -EOPNOTSUPP;
	if ((status.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 || status.stx_mnt_id == own.stx_mnt_id)
		return -EXDEV;
	place->key = status.stx_mnt_id;
	place->backing = place->device;
	return 0;
}

static struct place *find(struct guard_places *places, uint64_t key, bool overlay)
{
	struct place *place = places->buckets[key % BUCKETS];

	while (place != NULL && (place->key != key || place->overlay_root != overlay))
		place = place->next;
	return place;
}

int places_add(struct guard_places *places, const char *path, uint64_t cgroup, bool overlay)
{
	struct place *place = calloc(1, sizeof(*place));
	struct place *old;
	int file;
	int error;

	if (place == NULL || (place->path = strdup(path)) == NULL) {
		free(place);
		return -ENOMEM;
	}
	place->overlay_root = overlay;
	place->cgroup = cgroup;
	file = open(path, O_PATH | O_CLOEXEC);
	error = file < 0 ? -errno : look(place, file);
	if (file >= 0)
		close(file);
	if (error != 0) {
		place_free(place);
		return error;
	}
	pthread_rwlock_wrlock(&places->lock);
	old = find(places, place->key, overlay);
	if (old != NULL) { /* the number was another's before, or the place is told of again */
		struct place *next = old->next;
		struct place swap = *old;

		*old = *place;
		old->next = next;
		*place = swap;
	} else {
		place->next = places->buckets[place->key % BUCKETS];
		places->buckets[place->key % BUCKETS] = place;
		places->count++;
		place = NULL;
	}
	pthread_rwlock_unlock(&places->lock);
	if (place != NULL)
		place_free(place);
	return 0;
}

void places_remove(struct guard_places *places, uint64_t cgroup)
{
	pthread_rwlock_wrlock(&places->lock);
	memset(places->aliases, 0, sizeof(places->aliases)); /* ids of mounts are used again */
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		struct place **at = &places->buckets[bucket];

		while (*at != NULL) {
			struct place *place = *at;

			if (place->cgroup != cgroup) {
				at = &place->next;
				continue;
			}
			*at = place->next;
			places->count--;
			place_free(place);
		}
	}
	pthread_rwlock_unlock(&places->lock);
}

void places_close(struct guard_places *places)
{
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		while (places->buckets[bucket] != NULL) {
			struct place *place = places->buckets[bucket];

			places->buckets[bucket] = place->next;
			place_free(place);
		}
	}
	pthread_rwlock_destroy(&places->lock);
	free(places);
}

unsigned places_count(struct guard_places *places)
{
	return __atomic_load_n(&places->count, __ATOMIC_RELAXED);
}

void places_each(struct guard_places *places, uint64_t cgroup, void (*call)(void *ctx, const char *path, bool overlay),
		 void *ctx)
{
	char name[64];
	struct statx status;

	pthread_rwlock_rdlock(&places->lock);
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		for (struct place *place = places->buckets[bucket]; place != NULL; place = place->next) {
			int file;

			if (cgroup != 0 && place->cgroup != cgroup)
				continue;
			file = open(place->path, O_PATH | O_CLOEXEC);
			if (file < 0)
				continue;
			/* What is no longer mounted shows what lies below: never that. */
			if (statx(file, "", AT_EMPTY_PATH, PROCESS_STATX, &status) == 0 &&
			    place->key == (place->overlay_root ? PROCESS_DEVICE(&status) : status.stx_mnt_id)) {
				snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
				call(ctx, name, place->overlay_root);
			}
			close(file);
		}
	}
	pthread_rwlock_unlock(&places->lock);
}

/* Device of the file system that is mounted so, as the thread's mountinfo has it. */
static uint32_t mounted_device(struct guard_places *places, uint64_t mount, uint32_t thread)
{
	struct alias *alias = &places->aliases[mount % ALIASES];
	unsigned major, minor;
	char name[64];
	FILE *file;
	char *line;

	if (alias->mount == mount)
		return alias->device;
	snprintf(name, sizeof(name), "/proc/%u/mountinfo", thread);
	file = fopen(name, "re");
	if (file == NULL)
		return 0;
	line = overlay_mount_line(file, mount);
	fclose(file);
	alias->mount = mount;
	alias->device = 0;
	if (line != NULL && sscanf(line, "%*u %*u %u:%u", &major, &minor) == 2)
		alias->device = major << 20 | minor;
	free(line);
	return alias->device;
}

static struct place *place_of(struct guard_places *places, const struct guard_place *place)
{
	return find(places, place->overlay ? place->device : place->mount, place->overlay);
}

bool places_find(struct guard_places *places, const struct statx *file, uint32_t thread, struct guard_place *found)
{
	struct place *place;

	pthread_rwlock_rdlock(&places->lock);
	place = find(places, PROCESS_DEVICE(file), true);
	if (place == NULL)
		place = find(places, file->stx_mnt_id, false);
	if (place == NULL)
		place = find(places, mounted_device(places, file->stx_mnt_id, thread), true);
	if (place != NULL)
		*found = (struct guard_place){ .cgroup = place->cgroup, .device = place->device,
					       .mount = place->overlay_root ? 0 : place->key, .overlay = place->overlay_root };
	pthread_rwlock_unlock(&places->lock);
	return place != NULL;
}

const char *places_inner_path(struct guard_places *places, const struct guard_place *at, const char *path)
{
	const struct place *place;
	size_t length;

	pthread_rwlock_rdlock(&places->lock);
	place = place_of(places, at);
	length = place == NULL ? 0 : strlen(place->path);
	/* Through the path that the host sees. */
	if (length > 0 && strncmp(path, place->path, length) == 0 && path[length] == '/')
		path += length;
	pthread_rwlock_unlock(&places->lock);
	return path;
}

/* A layer of the image has this very file: same inode, and a change time that no container can set. */
static bool is_in_lower(const struct place *place, const struct statx *file, const char *path)
{
	char whole[PATH_MAX];
	struct statx layer;

	for (unsigned at = 0; overlay_lower(&place->overlay, at, path, whole, sizeof(whole)) > 0; at++) {
		if (statx(AT_FDCWD, whole, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &layer) != 0)
			continue;
		return layer.stx_ino == file->stx_ino && nanoseconds(&layer.stx_ctime) == nanoseconds(&file->stx_ctime);
	}
	return false;
}

uint8_t places_likely_origin(struct guard_places *places, const struct guard_place *at, const struct statx *file)
{
	const struct place *place;
	bool older;

	if (!at->overlay)
		return WIRE_ORIGIN_OTHER;
	if (file->stx_nlink == 0)
		return WIRE_ORIGIN_DELETED;
	pthread_rwlock_rdlock(&places->lock);
	place = place_of(places, at);
	older = place != NULL && nanoseconds(&file->stx_ctime) < place->birth;
	pthread_rwlock_unlock(&places->lock);
	return older ? WIRE_ORIGIN_IMAGE : WIRE_ORIGIN_UPPER;
}

uint8_t places_origin(struct guard_places *places, const struct guard_place *at, const struct statx *file,
		      const char *path)
{
	char whole[PATH_MAX];
	struct statx copy;
	const struct place *place;
	uint8_t origin = WIRE_ORIGIN_UPPER;

	if (!at->overlay)
		return WIRE_ORIGIN_OTHER;
	if (file->stx_nlink == 0)
		return WIRE_ORIGIN_DELETED;
	pthread_rwlock_rdlock(&places->lock);
	place = place_of(places, at);
	if (place != NULL && place->overlay.upper == NULL) {
		origin = WIRE_ORIGIN_IMAGE;
	} else if (place != NULL) {
		/* What is written gets the time of now, later than the writable layer itself; layers of the image are older,
		 * unless they were brought back from a copy: then the layer has to show the file. */
		snprintf(whole, sizeof(whole), "%s%s", place->overlay.upper, path);
		if (statx(AT_FDCWD, whole, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &copy) == 0 && S_ISREG(copy.stx_mode))
			origin = WIRE_ORIGIN_UPPER;
		else if (nanoseconds(&file->stx_ctime) < place->birth || is_in_lower(place, file, path))
			origin = WIRE_ORIGIN_IMAGE;
	}
	pthread_rwlock_unlock(&places->lock);
	return origin;
}

struct wire_file places_identity(struct guard_places *places, const struct guard_place *at, const struct statx *file)
{
	const struct place *place;
	struct wire_file identity = { .device = PROCESS_DEVICE(file), .mode = file->stx_mode, .inode = file->stx_ino,
				      .ctime = nanoseconds(&file->stx_ctime), .size = file->stx_size };

	pthread_rwlock_rdlock(&places->lock);
	place = place_of(places, at);
	if (place != NULL && at->overlay && place->device == identity.device)
		identity.device = place->backing;
	pthread_rwlock_unlock(&places->lock);
	return identity;
}
