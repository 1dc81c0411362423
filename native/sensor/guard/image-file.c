/* The image's own file at a path: what an overlay would show of it without its writable layer. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image-file.h"
#include "marked.h"
#include "process.h"

/* What one layer says of a path. */
enum saying {
	SAYS_NOTHING, /* the layer below it has the word */
	SAYS_NONE,    /* there is no such file, whatever lies below */
	SAYS_FILE,
};

static bool has_mark(int folder, const char *name)
{
	char path[64], value[4];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	return getxattr(path, name, value, sizeof(value)) > 0;
}

/* Shows nothing of the layers below, or something of another folder of theirs. */
static bool hides_below(int folder)
{
	return has_mark(folder, "trusted.overlay.opaque") || has_mark(folder, "user.overlay.opaque") ||
	       has_mark(folder, "trusted.overlay.redirect") || has_mark(folder, "user.overlay.redirect");
}

/* Opens what is a regular file; a folder and a whiteout, which is a device, hide what lies below them. */
static enum saying open_last(int folder, const char *name, bool hides, int *file)
{
	struct statx status;

	if (statx(folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0)
		return hides || errno != ENOENT ? SAYS_NONE : SAYS_NOTHING;
	if (!S_ISREG(status.stx_mode))
		return SAYS_NONE;
	*file = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return *file < 0 ? SAYS_NONE : SAYS_FILE;
}

/* A component that stays below its folder. The path may be any text of a container's. */
static bool goes_down(const char *component, size_t length)
{
	bool dots = component[0] == '.' && (length == 1 || (length == 2 && component[1] == '.'));

	return length > 0 && length <= NAME_MAX && !dots;
}

/* Goes down one layer without following a link: those of a layer lead anywhere on this host. */
static enum saying look_into(const char *layer, const char *path, unsigned *steps, int *file)
{
	char name[NAME_MAX + 1];
	int folder = open(layer, O_PATH | O_DIRECTORY | O_CLOEXEC);
	enum saying saying = SAYS_NONE;
	bool hides = false;

	while (folder >= 0) {
		size_t length = strcspn(++path, "/");
		int next;

		if (!goes_down(path, length) || *steps == 0)
			break;
		--*steps;
		memcpy(name, path, length);
		name[length] = '\0';
		path += length;
		if (*path == '\0') {
			saying = open_last(folder, name, hides, file);
			break;
		}
		next = openat(folder, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
		if (next < 0) {
			struct statx status;

			if (!hides && statx(folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0 &&
			    errno == ENOENT)
				saying = SAYS_NOTHING;
			break;
		}
		close(folder);
		folder = next;
		hides |= hides_below(folder);
	}
	if (folder >= 0)
		close(folder);
	return saying;
}

static bool identify(int file, struct wire_file *identity)
{
	struct statx status;

	if (statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) != 0 || !S_ISREG(status.stx_mode))
		return false;
	*identity = (struct wire_file){ .device = PROCESS_DEVICE(&status),
					.mode = status.stx_mode,
					.inode = status.stx_ino,
					.ctime = marked_time(&status.stx_ctime),
					.size = status.stx_size };
	return true;
}

int mounts_open_image(struct guard_mounts *mounts, const struct guard_mount *at, const char *path, unsigned *steps,
		      struct wire_file *file)
{
	enum saying saying = SAYS_NOTHING;
	const struct marked *marked;
	char layer[PATH_MAX];
	int found = -1;

	if (!at->overlay || path[0] != '/')
		return -1;
	pthread_rwlock_rdlock(&mounts->lock);
	marked = marked_at(mounts, at);
	for (unsigned index = 0; marked != NULL && saying == SAYS_NOTHING; index++) {
		if (overlay_lower(&marked->overlay, index, "", layer, sizeof(layer)) == 0)
			break;
		if (*steps == 0)
			break;
		--*steps;
		saying = look_into(layer, path, steps, &found);
	}
	pthread_rwlock_unlock(&mounts->lock);
	if (found >= 0 && !identify(found, file)) {
		close(found);
		found = -1;
	}
	return found;
}
