/*
 * seawall-script FOLDER BUSYBOX <SCRIPT: runs a script over the files of an image as data. The script finds FOLDER at $ROOT
 * (read-only, nothing in it can be run or opened as a device) and the applets of BUSYBOX, and nothing else: no file of the
 * host, no network, no other process, no uid 0, no call that it does not need. What the kernel cannot give is said, and
 * nothing is run.
 *
 * Ends with 0 or 1 as the script does, 2 where it ended otherwise, 64 usage, 70 not confined, 71 time, 72 output.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

enum { IN_ERROR = 2, USAGE = 64, UNCONFINED = 70, OUT_OF_TIME = 71, TOO_MUCH_OUTPUT = 72 };
enum { SECONDS = 10, LONGEST_OUTPUT = 65536, LONGEST_SCRIPT = 65536, PROCESSES = 16, FILES = 64, NOBODY = 65534 };
static const rlim_t memory = 64 << 20;

static const char *const applets[] = {
	"[",    "awk",     "basename", "cat",      "cmp",  "cut",     "date",      "dirname", "echo",  "egrep",
	"env",  "expr",    "false",    "fgrep",    "find", "grep",    "head",      "hexdump", "ls",    "md5sum",
	"od",   "printf",  "pwd",      "readlink", "sed",  "sha1sum", "sha256sum", "sh",      "sleep", "sort",
	"stat", "strings", "tail",     "test",     "tr",   "true",    "uniq",      "wc",      "xargs",
};

/* Where a child tells what could not be confined. */
static int told = STDERR_FILENO;

static void refuse(const char *step)
{
	dprintf(told, "seawall-script: nothing was run, this kernel does not confine it: %s: %s\n", step,
		strerror(errno));
	_exit(UNCONFINED);
}

static void must(int result, const char *step)
{
	if (result < 0)
		refuse(step);
}

static void write_file(const char *path, const char *text, size_t length)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	must(file, path);
	must(write(file, text, length) == (ssize_t)length ? 0 : -1, path);
	close(file);
}

/* A file or folder of the host as a mount of its own, without what lies mounted below it. */
static int tree_of(const char *path, unsigned long long attributes)
{
	int tree =
		(int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	must(tree, path);
	struct mount_attr attr = { .attr_set = attributes };
	must((int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr), "read-only mount");
	return tree;
}

static void place(int tree, const char *path)
{
	must((int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH), path);
	close(tree);
}

/* A world of its own: the applets, the script, /dev/null and the files of the image. */
static void enter(const char *folder, const char *busybox, const char *script, size_t length)
{
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	const unsigned long long data = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	int root = tree_of(folder, data);
	int box = tree_of(busybox, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	int null = tree_of("/dev/null", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	// From here on it is nobody, with the capabilities of its own world alone.
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		refuse("groups");
	must(setresgid(NOBODY, NOBODY, NOBODY), "group");
	must(setresuid(NOBODY, NOBODY, NOBODY), "user");
	must(mount("none", "/tmp", "tmpfs", MS_NOSUID, "size=1m,mode=0755"), "tmpfs");
	must(chdir("/tmp"), "tmpfs");
	must(mkdir("root", 0755) | mkdir("bin", 0755) | mkdir("dev", 0755), "folders");
	write_file("script", script, length);
	write_file("bin/busybox", "", 0);
	write_file("dev/null", "", 0);
	place(root, "root");
	place(box, "bin/busybox");
	place(null, "dev/null");
	for (size_t at = 0; at < sizeof applets / sizeof *applets; at++) {
		char link[64];
		snprintf(link, sizeof link, "bin/%s", applets[at]);
		must(symlink("busybox", link), link);
	}
	must((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "leaving the host's files");
	must(chdir("/"), "/");
	struct mount_attr fixed = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID };
	must((int)syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &fixed, sizeof fixed), "read-only root");
}

static void limit(int what, rlim_t most, const char *step)
{
	must(setrlimit(what, &(struct rlimit){ most, most }), step);
}

static void drop(void)
{
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
		must(prctl(PR_CAPBSET_DROP, capability), "capabilities");
	limit(RLIMIT_AS, memory, "memory");
	limit(RLIMIT_NPROC, PROCESSES, "processes");
	limit(RLIMIT_NOFILE, FILES, "open files");
	limit(RLIMIT_CPU, SECONDS, "processor time");
	limit(RLIMIT_CORE, 0, "core");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	must(filter_calls(), "seccomp");
}

static void map_ids(pid_t child)
{
	char path[64], line[64];
	const int is_root = geteuid() == 0;
	if (!is_root) {
		snprintf(path, sizeof path, "/proc/%d/setgroups", child);
		write_file(path, "deny", 4);
	}
	const char *const files[] = { "uid_map", "gid_map" };
	const unsigned own[] = { is_root ? NOBODY : geteuid(), is_root ? NOBODY : getegid() };
	for (int at = 0; at < 2; at++) {
		snprintf(path, sizeof path, "/proc/%d/%s", child, files[at]);
		write_file(path, line, (size_t)snprintf(line, sizeof line, "%d %u 1\n", NOBODY, own[at]));
	}
}

static long long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Hands on what the script says; with its first process ends all that it started. */
static int attend(pid_t child, int output, int refusal)
{
	static char said[LONGEST_OUTPUT + 1];
	size_t length = 0;
	int why = 0;
	const long long end = now() + SECONDS * 1000;
	for (;;) {
		const long long left = end - now();
		struct pollfd asked = { .fd = output, .events = POLLIN };
		if (left <= 0 || poll(&asked, 1, (int)left) == 0) {
			why = OUT_OF_TIME;
			break;
		}
		ssize_t got = read(output, said + length, sizeof said - length);
		if (got <= 0)
			break;
		length += (size_t)got;
		if (length > LONGEST_OUTPUT) {
			why = TOO_MUCH_OUTPUT;
			length = LONGEST_OUTPUT;
			break;
		}
	}
	// It may close its output and go on.
	int status = 0;
	while (why == 0 && waitpid(child, &status, WNOHANG) == 0) {
		if (now() >= end)
			why = OUT_OF_TIME;
		else
			usleep(2000);
	}
	if (why != 0) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	char reason[512];
	const ssize_t refused = read(refusal, reason, sizeof reason);
	if (refused > 0) {
		fwrite(reason, 1, (size_t)refused, stderr);
		return UNCONFINED;
	}
	if (fwrite(said, 1, length, stdout) != length || fflush(stdout) != 0)
		return IN_ERROR;
	if (why != 0)
		return why;
	return WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? WEXITSTATUS(status) : IN_ERROR;
}

/* The first process of a world of its own. Waits until its ids are mapped. */
static void run(char *const *arguments, const int *pipes, const char *script, size_t length)
{
	char ready;
	told = pipes[5];
	must(read(pipes[0], &ready, 1) == 1 ? 0 : -1, "ids");
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "end with its parent");
	enter(arguments[1], arguments[2], script, length);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	must(null, "/dev/null");
	must(dup2(null, 0) | dup2(pipes[3], 1) | dup2(pipes[3], 2), "output");
	// Last: what was opened of the host is closed when the script begins.
	must((int)syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "open files");
	drop();
	execve("/bin/busybox", (char *[]){ "sh", "/script", NULL },
	       (char *[]){ "PATH=/bin", "ROOT=/root", "LC_ALL=C", "HOME=/", NULL });
	refuse("busybox");
}

int main(int count, char **arguments)
{
	static char script[LONGEST_SCRIPT + 1];
	int pipes[6];
	const size_t length = count == 3 ? fread(script, 1, sizeof script, stdin) : 0;
	if (length == 0 || length > LONGEST_SCRIPT) {
		fputs("usage: seawall-script FOLDER BUSYBOX <SCRIPT, of at most 64 KiB\n", stderr);
		return USAGE;
	}
	for (int at = 0; at < 6; at += 2)
		must(pipe2(pipes + at, O_CLOEXEC), "pipe");
	const int worlds = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
	const pid_t child = (pid_t)syscall(SYS_clone, worlds | SIGCHLD, 0, 0, 0, 0);
	must(child, "namespaces");
	if (child == 0)
		run(arguments, pipes, script, length);
	map_ids(child);
	must(write(pipes[1], "", 1) == 1 ? 0 : -1, "ids");
	close(pipes[3]);
	close(pipes[5]);
	return attend(child, pipes[2], pipes[4]);
}
