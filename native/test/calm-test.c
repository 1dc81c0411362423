/* Which data counts as calm: the kernel's word, the clock and who runs are the test's own. */
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

uint64_t guard_now(void)
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

/* Where the file is kept, among so many. */
static unsigned place(const struct guard_question *question)
{
	return (((question->status.stx_ino * 0x9e3779b97f4a7c15u) ^ PROCESS_DEVICE(&question->status)) >> 32) % 2048;
}

static bool is_another_there(const struct guard_question *one, const struct guard_question *other)
{
	return one->status.stx_ino != other->status.stx_ino && place(one) == place(other);
}

static void counts_seconds(void)
{
	struct guard_question question = begin(), changed;

	reads(&question, 8);
	for (int again = 0; again < 20; again++)
		calm_note(&watch, &question);
	EXPECT(!is_calm(&question));
	reads(&question, 1);
	EXPECT(is_calm(&question));
	for (int what = 0; what < 3; what++) {
		changed = question;
		while (what == 0 && !is_another_there(&changed, &question))
			changed.status.stx_ino++;
		changed.status.stx_dev_minor += what == 1;
		changed.status.stx_ctime.tv_nsec += what == 2;
		reads(&question, 12);
		EXPECT(is_calm(&question));
		calm_note(&watch, &changed);
		EXPECT(!is_calm(&question));
	}
	close(question.file);
	question = begin();
	for (int read = 0; read < 9; read++) {
		EXPECT(!is_calm(&question));
		now += SECONDS(60);
		calm_note(&watch, &question);
	}
	EXPECT(is_calm(&question));
	close(question.file);
}

static unsigned open_files(void)
{
	unsigned count = 0;

	for (int file = 0; file < 4000; file++)
		count += fcntl(file, F_GETFD) >= 0;
	return count;
}

/* However many are calm, so many are open. */
static void holds_so_many(void)
{
	struct guard_question question = begin();
	unsigned before = open_files();

	for (int read = 0; read < 9; read++) {
		struct guard_question one = question;

		now += SECONDS(1);
		for (int file = 0; file < 3000; file++) {
			one.status.stx_ino++;
			calm_note(&watch, &one);
		}
	}
	EXPECT(open_files() == before + 512);
	close(question.file);
}

static void counts_one_process(void)
{
	struct guard_question question = begin(), other;

	other = question;
	other.thread = 51;
	start(51, "/usr/bin/cat", WEB, 10);
	reads(&question, 5);
	reads(&other, 6);
	EXPECT(!is_calm(&question));
	reads(&other, 3); /* it has not been read by the first for long: now it counts for the other */
	reads(&other, 7);
	EXPECT(!is_calm(&question));
	reads(&other, 1);
	EXPECT(is_calm(&question));
	close(question.file);
}

static bool calms_beside(const char *path, uint64_t cgroup, uint64_t ids)
{
	struct guard_question question = begin();
	bool calm;

	start(4321, path, cgroup, ids);
	calm = calms(&question);
	close(question.file);
	return calm;
}

static void looks_who_runs_code(void)
{
	struct guard_question question;

	EXPECT(calms_beside("/usr/bin/python3.13", OTHER, 11));
	EXPECT(calms_beside("/usr/bin/python3.13", 0, OWN_IDS));
	EXPECT(calms_beside("/host/python3.13", WEB, 10));
	EXPECT(calms_beside("/usr/bin/cat", WEB, 10));
	EXPECT(!calms_beside("/usr/bin/python3.13", WEB, 10));
	EXPECT(!calms_beside("/usr/bin/python3.13", WEB, 12));
	EXPECT(!calms_beside("/usr/bin/busybox", WEB, 10));
	EXPECT(!calms_beside("/lib64/ld-linux-x86-64.so.2", WEB, 10));
	EXPECT(!calms_beside("/opt/named-by-the-policy", WEB, 10));
	EXPECT(calms_beside("/opt/named-by-the-policy", OTHER, 11));
	EXPECT(!calms_beside("/usr/bin/python3.13", OTHER, 10));
	EXPECT(!calms_beside("/usr/bin/python3.13", OTHER, OWN_IDS));
	EXPECT(!calms_beside("/usr/bin/python3.13", OTHER, 0));
	/* Two in one container, and two in one namespace. */
	for (int same_ids = 0; same_ids < 2; same_ids++) {
		question = begin();
		start(70, "/usr/bin/perl", OTHER, 11);
		start(80, "/usr/bin/perl", same_ids ? WEB : OTHER, same_ids ? 11 : 10);
		EXPECT(!calms(&question));
		processes--; /* the second has ended */
		EXPECT(calms(&question));
		close(question.file);
	}
	question = begin();
	no_proc = true;
	EXPECT(!calms(&question));
	no_proc = false;
	EXPECT(calms(&question));
	looks = 0;
	for (int again = 0; again < 10; again++)
		calm_note(&watch, &question);
	EXPECT(looks == 0);
	reads(&question, 1);
	EXPECT(looks == 1);
	close(question.file);
}

static void looks_at_so_many(void)
{
	struct guard_question question = begin();
	unsigned at;

	while (processes < 4096)
		start(10000 + processes, "/usr/bin/cat", OTHER, 11);
	EXPECT(calms(&question));
	calm_disturb(&watch, &question);
	start(9999, "/usr/bin/cat", OTHER, 11);
	EXPECT(!calms(&question));
	close(question.file);
	question = begin();
	for (at = 0; at < 256; at++)
		start(10000 + at, "/usr/bin/perl", OTHER + at, 2000 + at);
	EXPECT(calms(&question));
	calm_disturb(&watch, &question);
	start(9999, "/usr/bin/perl", 3000, 3000);
	EXPECT(!calms(&question));
	close(question.file);
}

/* A start by the thread 64 of the process 60. */
static struct guard_question start_of(uint64_t cgroup, uint64_t ids)
{
	struct guard_question question = { .thread = 64, .mount = { .cgroup = cgroup } };

	start(64, "/usr/sbin/nginx", cgroup, ids);
	start(60, "/usr/sbin/nginx", cgroup, ids);
	return question;
}

static void is_disturbed(void)
{
	static const struct {
		uint64_t cgroup, ids;
		bool disturbs;
	} cases[] = { { WEB, 10, true },
		      { OTHER, 10, true },
		      { OTHER, OWN_IDS, true },
		      { OTHER, 0, true },
		      { OTHER, 11, false } };

	for (size_t at = 0; at < sizeof(cases) / sizeof(*cases); at++) {
		struct guard_question question = begin(), starts;

		EXPECT(calms(&question));
		starts = start_of(cases[at].cgroup, cases[at].ids);
		calm_disturb(&watch, &starts);
		EXPECT(is_calm(&question) != cases[at].disturbs);
		calm_note(&watch, &question);
		reads(&question, 1);
		EXPECT(is_calm(&question) != cases[at].disturbs);
		reads(&question, 1);
		EXPECT(is_calm(&question));
		close(question.file);
	}
}

/* Exec may be slow: the thread is still in it, or has the number of its process by then. */
static void waits_for_exec(void)
{
	for (int as_process = 0; as_process < 2; as_process++) {
		struct guard_question question = begin(), starts;
		struct running *in_exec;

		EXPECT(calms(&question));
		starts = start_of(WEB, 10);
		in_exec = running_at(as_process ? 60 : 64);
		in_exec->in_exec = true;
		calm_disturb(&watch, &starts);
		reads(&question, 30);
		EXPECT(!is_calm(&question));
		in_exec->in_exec = false;
		reads(&question, 1);
		EXPECT(is_calm(&question));
		close(question.file);
	}
}

static void counts_starts(void)
{
	struct guard_question question = begin(), starts;
	unsigned at;

	EXPECT(calms(&question));
	starts = start_of(OTHER, 11);
	for (at = 0; at < 64; at++)
		calm_disturb(&watch, &starts);
	EXPECT(is_calm(&question));
	ignored = 0;
	calm_note(&watch, &question);
	EXPECT(is_calm(&question));
	ignored = 0;
	calm_disturb(&watch, &starts); /* there is no room for this one */
	reads(&question, 1);
	EXPECT(!is_calm(&question));
	reads(&question, 1);
	EXPECT(is_calm(&question));
	close(question.file);
}

static void has_one_name(void)
{
	struct guard_question question = begin();

	EXPECT(link(name, second_name) == 0);
	EXPECT(statx(question.file, "", AT_EMPTY_PATH, PROCESS_STATX, &question.status) == 0);
	EXPECT(!calms(&question));
	close(question.file);
	for (int removed = 0; removed < 2; removed++) {
		question = begin();
		EXPECT(calms(&question));
		EXPECT(calm_sweep(&watch) == 5000);
		EXPECT((removed ? unlink(name) : link(name, second_name)) == 0);
		now += SECONDS(4);
		calm_sweep(&watch);
		EXPECT(is_calm(&question));
		now += SECONDS(1);
		EXPECT(calm_sweep(&watch) == -1 && !is_calm(&question));
		close(question.file);
	}
}

static void is_shared_with_nobody(void)
{
	static const struct {
		char *root;
		uint32_t device;
		bool shared;
	} cases[] = {
		{ "/vol/web", 7, true },   { "/vol", 7, true },        { "/", 7, true },
		{ "/vol/web/a", 7, true }, { "/vol/web", 8, false },   { "/vol/we", 7, false },
		{ "/vol/webs", 7, false }, { "/vol/other", 7, false },
	};

	for (size_t at = 0; at < sizeof(cases) / sizeof(*cases); at++) {
		struct guard_question question = begin();

		EXPECT(calms(&question));
		calm_sweep(&watch);
		mark(2 + 256 * (at % 2), OTHER, cases[at].root)->device = cases[at].device;
		calm_sweep(&watch);
		EXPECT(is_calm(&question) != cases[at].shared);
		EXPECT(calms(&question) != cases[at].shared);
		mounts_remove(the_guard.mounts, OTHER);
		EXPECT(calms(&question));
		calm_sweep(&watch);
		mounts_remove(the_guard.mounts, WEB);
		calm_sweep(&watch);
		EXPECT(!is_calm(&question));
		close(question.file);
	}
}

int main(void)
{
	counts_seconds();
	counts_one_process();
	holds_so_many();
	looks_who_runs_code();
	looks_at_so_many();
	is_disturbed();
	waits_for_exec();
	counts_starts();
	has_one_name();
	is_shared_with_nobody();
	calm_close(watch.calm);
	mounts_close(the_guard.mounts);
	unlink(name);
	unlink(second_name);
	puts("data is calm while nobody who runs code can reach it");
	return 0;
}
