#include "real-path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40

enum found {
	FOUND,
	MISSING,
	UNSEEN,
};

bool holds_path(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	if (length == 1)
		return true;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

void plain_path(const char *path, char plain[PATH_MAX])
{
	size_t used = 0;

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && path[0] == '.' && path[1] == '.') {
			while (used > 0 && plain[--used] != '/')
				;
		} else if (length > 0 && !(length == 1 && path[0] == '.') && used + length + 2 < PATH_MAX) {
			plain[used++] = '/';
			memcpy(plain + used, path, length);
			used += length;
		}
		path += length + (path[length] == '/');
	}
	if (used == 0)
		plain[used++] = '/';
	plain[used] = 0;
}

/* As the kernel itself follows it. */
static enum found follow(const char *path, char real[PATH_MAX])
{
	int place = open(path, O_PATH | O_CLOEXEC);
	char link[32];
	ssize_t length;

	if (place < 0)
		return errno == ENOENT || errno == ENOTDIR ? MISSING : UNSEEN;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	length = readlink(link, real, PATH_MAX - 1);
	close(place);
	if (length <= 0 || real[0] != '/')
		return UNSEEN;
	real[length] = 0;
	return FOUND;
}

/* Where the names of a path end, so that the first of them can be looked at alone. */
struct names {
	size_t ends[PATH_MAX / 2];
	size_t count;
};

static void find_names(const char *path, struct names *names)
{
	names->count = 0;
	for (size_t at = strspn(path, "/"); path[at] && names->count < PATH_MAX / 2;) {
		at += strcspn(path + at, "/");
		names->ends[names->count++] = at;
		at += strspn(path + at, "/");
	}
}

/* Splits a path of which a part is missing: `there` is where the names before lead. Returns how many those are, -1: unseen. */
static int find_missing(const char *path, const struct names *names, char there[PATH_MAX])
{
	size_t from = 0, to = names->count;

	strcpy(there, "/");
	while (to - from > 1) {
		size_t middle = (from + to) / 2;
		char part[PATH_MAX], real[PATH_MAX];
		enum found found;

		snprintf(part, sizeof(part), "%.*s", (int)names->ends[middle - 1], path);
		found = follow(part, real);
		if (found == UNSEEN)
			return -1;
		if (found == MISSING) {
			to = middle;
		} else {
			from = middle;
			strcpy(there, real);
		}
	}
	return (int)from;
}

/* The path with its first part replaced by where that leads; false where it is too long. */
static bool lay(char whole[PATH_MAX], const char *folder, const char *middle, const char *rest)
{
	return snprintf(whole, PATH_MAX, "%s/%s%s%s", folder, middle, *rest ? "/" : "", rest) < PATH_MAX;
}

static bool real_path_within(const char *path, char real[PATH_MAX], int links)
{
	char there[PATH_MAX], missing[PATH_MAX], whole[PATH_MAX], aim[PATH_MAX];
	struct names names;
	enum found found = follow(path, real);
	const char *rest;
	ssize_t length;
	size_t from;
	int before;

	if (found != MISSING)
		return found == FOUND;
	find_names(path, &names);
	before = names.count == 0 ? -1 : find_missing(path, &names, there);
	if (before < 0)
		return false;
	from = before == 0 ? 0 : names.ends[before - 1];
	from += strspn(path + from, "/");
	snprintf(missing, sizeof(missing), "%.*s", (int)(names.ends[before] - from), path + from);
	rest = path + names.ends[before] + strspn(path + names.ends[before], "/");
	if (!lay(whole, there, missing, ""))
		return false;
	length = readlink(whole, aim, sizeof(aim) - 1);
	if (length < 0) {
		if (!lay(whole, there, missing, rest))
			return false;
		plain_path(whole, real);
		return true;
	}
	if (links == 0)
		return false;
	aim[length] = 0;
	/* By its text, as paths in the spec are taken. */
	if (aim[0] != '/' && !lay(whole, there, aim, ""))
		return false;
	plain_path(aim[0] == '/' ? aim : whole, there);
	if (snprintf(whole, sizeof(whole), "%s%s%s", there, *rest ? "/" : "", rest) >= (int)sizeof(whole))
		return false;
	return real_path_within(whole, real, links - 1);
}

bool real_path(const char *path, char real[PATH_MAX])
{
	return path[0] == '/' && real_path_within(path, real, MOST_LINKS);
}
