/* A guard whose kernel, clock and running programs are the test's own, and what its cases are made of. */
#ifndef SEAWALL_CALM_GROUND_H
#define SEAWALL_CALM_GROUND_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../sensor/guard/calm.h"
#include "../sensor/guard/find-file.h"
#include "../sensor/guard/held-call.h"
#include "../sensor/guard/marked.h"
#include "../sensor/guard/mounts.h"
#include "expect.h"

#define WEB 1
#define OTHER 2
#define OWN_IDS 900
#define SECONDS(count) ((count) * 1000000000ull)

struct running {
	uint32_t process;
	const char *path;
	uint64_t cgroup, ids;
	bool in_exec;
};

static uint64_t now = SECONDS(1000);
static struct running running[5000];
static unsigned processes, looks, next_process;
static bool no_proc;
static uint64_t ignored; /* inode; 0: none */
static struct guard the_guard;
static struct guard_watch watch = { .guard = &the_guard };

static struct running *running_at(uint32_t process)
{
	for (unsigned at = 0; at < processes; at++)
		if (running[at].process == process)
			return &running[at];
	return NULL;
}

/* The kernel's word. */

uint64_t steady_now(void)
{
	return now;
}

void guard_ignore(struct guard_watch *of, int file, uint64_t mask)
{
	struct stat about;

	(void)of;
	EXPECT(mask == FAN_OPEN_PERM && fstat(file, &about) == 0);
	ignored = about.st_ino;
}

void guard_heed(struct guard_watch *of, int file, uint64_t mask)
{
	struct stat about;

	(void)of;
	EXPECT(mask == FAN_OPEN_PERM && fstat(file, &about) == 0);
	ignored = about.st_ino == ignored ? 0 : ignored;
}

bool guard_program_of(struct guard_watch *of, uint32_t thread, struct guard_program *program)
{
	const struct running *found = running_at(thread);

	(void)of;
	if (found == NULL)
		return false;
	*program = (struct guard_program){ .file.inode = strncmp(found->path, "/opt/", 5) == 0 };
	strcpy(program->path, found->path);
	return true;
}

bool held_call_read(uint32_t thread, struct held_call *call)
{
	const struct running *found = running_at(thread);

	*call = (struct held_call){ .number = found != NULL && found->in_exec };
	return found != NULL;
}

struct held_open held_call_opens(const struct held_call *call)
{
	return (struct held_open){ .exec = call->number == 1 };
}

uint64_t process_ids(uint32_t thread)
{
	const struct running *found = running_at(thread);

	return thread == (uint32_t)getpid() ? OWN_IDS : found == NULL ? 0 : found->ids;
}

uint32_t process_of(uint32_t thread)
{
	return thread / 10 * 10;
}

bool process_outside(uint32_t thread)
{
	return strncmp(running_at(thread)->path, "/host/", 6) == 0;
}

int find_open(uint32_t thread, const char *path)
{
	(void)thread;
	(void)path;
	return -1;
}

DIR *opendir(const char *path)
{
	EXPECT(strcmp(path, "/proc") == 0);
	looks++;
	next_process = 0;
	return no_proc ? NULL : (DIR *)&looks;
}

struct dirent *readdir(DIR *folder)
{
	static struct dirent entry;

	(void)folder;
	if (next_process == processes)
		return NULL;
	snprintf(entry.d_name, sizeof(entry.d_name), "%u", running[next_process++].process);
	return &entry;
}

int closedir(DIR *folder)
{
	(void)folder;
	return 0;
}

static uint64_t container_of(void *ctx, uint32_t thread)
{
	(void)ctx;
	return running_at(thread)->cgroup;
}

static int by_policy(void *ctx, uint64_t cgroup, const struct wire_file *program)
{
	(void)ctx;
	return cgroup == WEB && program->inode == 1;
}

/* What the cases are made of. */

static struct running *start(uint32_t process, const char *path, uint64_t cgroup, uint64_t ids)
{
	running[processes] = (struct running){ process, path, cgroup, ids, false };
	return &running[processes++];
}

static struct marked *mark(uint64_t id, uint64_t cgroup, char *root)
{
	struct guard_mounts *mounts = the_guard.mounts;
	struct marked *marked = calloc(1, sizeof(*marked));

	*marked = (struct marked){ .key = id, .cgroup = cgroup, .device = 7, .root = strdup(root) };
	marked->next = mounts->buckets[id % MARKED_BUCKETS];
	mounts->buckets[id % MARKED_BUCKETS] = marked;
	mounts->changes++;
	return marked;
}

static const char name[] = "/tmp/seawall-calm-test", second_name[] = "/tmp/seawall-calm-test-2";

/* A new world with a file on a volume of WEB that its process 50 reads. */
static struct guard_question begin(void)
{
	struct guard_question question = { .thread = 50, .mount = { .cgroup = WEB, .id = 1 } };

	if (watch.calm != NULL)
		calm_close(watch.calm);
	if (the_guard.mounts != NULL)
		mounts_close(the_guard.mounts);
	the_guard = (struct guard){ .cb = { .container_of = container_of, .runs_code = by_policy } };
	the_guard.mounts = mounts_open();
	watch.calm = calm_open();
	processes = 0;
	no_proc = false;
	ignored = 0;
	now += SECONDS(100);
	mark(1, WEB, "/vol/web");
	start(50, "/usr/sbin/nginx", WEB, 10);
	unlink(name);
	unlink(second_name);
	question.file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(statx(question.file, "", AT_EMPTY_PATH, PROCESS_STATX, &question.status) == 0);
	return question;
}

static void reads(struct guard_question *question, unsigned times)
{
	for (; times > 0; times--) {
		now += SECONDS(1);
		calm_note(&watch, question);
	}
}

static bool is_calm(const struct guard_question *question)
{
	return ignored == question->status.stx_ino;
}

/* Whether it becomes calm when it is read for as long as it takes. */
static bool calms(struct guard_question *question)
{
	reads(question, 12);
	return is_calm(question);
}

#endif
