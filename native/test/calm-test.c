/* Which data counts as calm. */
#include "calm-ground.h"

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
