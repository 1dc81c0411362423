#include "find-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "process.h"

#define LINKS_MAX 40

static int open_link(uint32_t thread, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", thread, name);
	return open(path, O_PATH | O_CLOEXEC);
}

int find_open(uint32_t thread, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int root = open_link(thread, "root");
	int found = root < 0 ? -1 : (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (root >= 0)
		close(root);
	return found;
}

static bool is_same(int one, int other)
{
	struct statx left, right;

	return statx(one, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, PROCESS_STATX, &left) == 0 &&
	       statx(other, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, PROCESS_STATX, &right) == 0 &&
	       left.stx_ino == right.stx_ino && left.stx_mnt_id == right.stx_mnt_id;
}

/* A walk from link to link, where the kernel's own walk would see this process in the place of the thread. */
struct walk {
	uint32_t thread;
	int root, at;
	unsigned links;
	char left[2 * PATH_MAX]; /* of the path */
};

static void go_to(struct walk *walk, int next)
{
	if (next != walk->at)
		close(walk->at);
	walk->at = next;
}

/* Puts what a link says before what is left of the path. */
static bool insert(struct walk *walk, const char *text)
{
	size_t length = strlen(text), rest = strlen(walk->left);

	if (++walk->links > LINKS_MAX || length + 1 + rest >= sizeof(walk->left))
		return false;
	memmove(walk->left + length + 1, walk->left, rest + 1);
	memcpy(walk->left, text, length);
	walk->left[length] = '/';
	if (text[0] == '/')
		go_to(walk, dup(walk->root));
	return walk->at >= 0;
}

/* A link of /proc leads to an open file, a root or a folder itself, but for those that stand for the reader. */
static bool follow_proc(struct walk *walk, const char *name)
{
	char number[16];

	if (strcmp(name, "self") == 0 || strcmp(name, "thread-self") == 0) {
		snprintf(number, sizeof(number), "%u", process_inner_number(walk->thread));
		return insert(walk, number);
	}
	if (strcmp(name, "mounts") == 0 || strcmp(name, "net") == 0)
		return false;
	if (++walk->links > LINKS_MAX)
		return false;
	go_to(walk, openat(walk->at, name, O_PATH | O_CLOEXEC));
	return walk->at >= 0;
}

static bool follow(struct walk *walk, const char *name, int link)
{
	char text[PATH_MAX];
	struct statfs kind;
	ssize_t length;

	if (fstatfs(link, &kind) != 0)
		return false;
	if (kind.f_type == PROC_SUPER_MAGIC)
		return follow_proc(walk, name);
	length = readlinkat(link, "", text, sizeof(text) - 1);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return insert(walk, text);
}

/* Goes one name further. */
static bool step(struct walk *walk, const char *name)
{
	struct statx about;
	bool done = true;
	int next;

	if (name[0] == '\0' || strcmp(name, ".") == 0 || (strcmp(name, "..") == 0 && is_same(walk->at, walk->root)))
		return true;
	next = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0 || statx(next, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &about) != 0) {
		done = false;
	} else if (S_ISLNK(about.stx_mode)) {
		done = follow(walk, name, next);
	} else {
		go_to(walk, next);
		return true;
	}
	if (next >= 0)
		close(next);
	return done;
}

static bool walk_links(uint32_t thread, const char *path, struct statx *found)
{
	struct walk walk = { .thread = thread,
			     .root = open_link(thread, "root"),
			     .at = open_link(thread, path[0] == '/' ? "root" : "cwd") };
	bool done = walk.root >= 0 && walk.at >= 0 && strlen(path) < PATH_MAX;

	if (done)
		strcpy(walk.left, path);
	while (done && walk.left[0] != '\0') {
		char name[NAME_MAX + 1];
		size_t length = strcspn(walk.left, "/");

		done = length <= NAME_MAX;
		if (!done)
			break;
		memcpy(name, walk.left, length);
		name[length] = '\0';
		length += walk.left[length] == '/';
		memmove(walk.left, walk.left + length, strlen(walk.left + length) + 1);
		done = step(&walk, name);
	}
	done = done && statx(walk.at, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, PROCESS_STATX, found) == 0;
	if (walk.root >= 0)
		close(walk.root);
	if (walk.at >= 0)
		close(walk.at);
	return done;
}

bool find_status(uint32_t thread, const char *path, struct statx *found)
{
	char whole[PATH_MAX * 2];
	size_t length = path[0] == '/' ? 0 : process_link(thread, "cwd", whole, PATH_MAX);
	int file;
	bool done;

	snprintf(whole + length, sizeof(whole) - length, "/%s", path);
	file = find_open(thread, whole);
	if (file < 0)
		return walk_links(thread, path, found);
	done = statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, PROCESS_STATX, found) == 0;
	close(file);
	return done;
}
