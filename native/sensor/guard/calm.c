#include "calm.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code-file.h"

#define FILES_MAX 2048
#define HELD_MAX 512   /* of them, each an open file */
#define CALM_SECONDS 8 /* different ones in which it was opened */
#define STARTS_MAX 64
#define START_SECONDS 2    /* from the question for a program until it is seen in /proc, with room */
#define RUNNERS_MAX 256    /* containers in which a program that runs code was found */
#define PROCESSES_MAX 4096 /* looked at: whoever asks waits meanwhile */
#define SECOND 1000000000u

struct calm_file {
	uint64_t inode;
	uint64_t ctime;
	uint64_t second;
	uint32_t device;
	uint32_t process;
	uint32_t seconds;
	int held; /* open while the kernel does not ask for it, to have it asked for again; 0: it is not held */
	struct guard_mount mount;
};

/* A program that runs code was asked for. */
struct calm_start {
	uint64_t cgroup;
	uint64_t second;
};

struct guard_calm {
	unsigned held;
	struct calm_file files[FILES_MAX];
	unsigned next_start;
	struct calm_start starts[STARTS_MAX];
	uint64_t looked; /* second of the look at who runs code */
	bool unknown;    /* /proc cannot be read, or there is too much in it */
	unsigned runners;
	uint64_t running[RUNNERS_MAX]; /* cgroups */
};

struct guard_calm *calm_open(void)
{
	return calloc(1, sizeof(struct guard_calm));
}

void calm_close(struct guard_calm *calm)
{
	for (unsigned at = 0; at < FILES_MAX; at++)
		if (calm->files[at].held != 0)
			close(calm->files[at].held);
	free(calm);
}

bool calm_runs_code(struct guard_watch *watch, uint64_t cgroup, const char *path, const struct wire_file *program)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	return code_languages_of(path, "", 0) != 0 || code_is_many_in_one(code_last_part(path)) ||
	       (cb->runs_code != NULL && cb->runs_code(cb->ctx, cgroup, program) == 1);
}

static void let_go(struct guard_watch *watch, struct calm_file *file)
{
	if (file->held == 0)
		return;
	guard_heed(watch, file->held, FAN_OPEN_PERM);
	close(file->held);
	file->held = 0;
	watch->calm->held--;
}

static bool process_runs_code(struct guard_watch *watch, uint32_t process, uint64_t cgroup)
{
	struct guard_program program;

	return guard_program_of(watch, process, &program) &&
	       (calm_runs_code(watch, cgroup, program.path, &program.file) ||
		code_is_loader(code_last_part(program.path)));
}

static void note_runner(struct guard_calm *calm, uint64_t cgroup)
{
	for (unsigned at = 0; at < calm->runners; at++)
		if (calm->running[at] == cgroup)
			return;
	if (calm->runners == RUNNERS_MAX)
		calm->unknown = true;
	else
		calm->running[calm->runners++] = cgroup;
}

/* Finds the containers in which a program that runs code is, once a second at most. */
static void look_for_runners(struct guard_watch *watch, uint64_t second)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	struct guard_calm *calm = watch->calm;
	unsigned processes = 0;
	struct dirent *entry;
	DIR *folder;

	if (calm->looked == second)
		return;
	calm->looked = second;
	calm->runners = 0;
	folder = opendir("/proc");
	calm->unknown = folder == NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		uint32_t process = (uint32_t)strtoul(entry->d_name, NULL, 10);
		uint64_t cgroup;

		if (process == 0)
			continue;
		if (++processes > PROCESSES_MAX) {
			calm->unknown = true;
			break;
		}
		if (process_outside(process))
			continue;
		cgroup = cb->container_of(cb->ctx, process);
		/* Who is in no container of ours is never asked about. */
		if (cgroup != 0 && process_runs_code(watch, process, cgroup))
			note_runner(calm, cgroup);
	}
	if (folder != NULL)
		closedir(folder);
}

/* Nobody who runs code can reach the file, nor will soon: who starts a program is let through before /proc shows it. */
static bool is_quiet(struct guard_watch *watch, const struct guard_mount *mount, uint64_t second)
{
	struct guard_mounts *mounts = watch->guard->mounts;
	struct guard_calm *calm = watch->calm;
	unsigned at;

	for (at = 0; at < STARTS_MAX; at++)
		if (calm->starts[at].second + START_SECONDS > second &&
		    mounts_reach(mounts, calm->starts[at].cgroup, mount))
			return false;
	/* There may have been more than are remembered. */
	if (calm->starts[calm->next_start % STARTS_MAX].second + START_SECONDS > second)
		return false;
	look_for_runners(watch, second);
	for (at = 0; at < calm->runners; at++)
		if (mounts_reach(mounts, calm->running[at], mount))
			return false;
	return !calm->unknown;
}

static struct calm_file *place_of(struct guard_calm *calm, const struct statx *status)
{
	uint64_t mixed = (status->stx_ino * 0x9e3779b97f4a7c15u) ^ PROCESS_DEVICE(status);

	return &calm->files[(mixed >> 32) % FILES_MAX];
}

static bool is_same(const struct calm_file *file, const struct statx *status)
{
	return file->inode == status->stx_ino && file->device == PROCESS_DEVICE(status) &&
	       file->ctime == (uint64_t)status->stx_ctime.tv_sec * SECOND + status->stx_ctime.tv_nsec;
}

static void begin(struct calm_file *file, const struct guard_question *question, uint64_t second)
{
	const struct statx *status = &question->status;

	*file = (struct calm_file){
		.inode = status->stx_ino,
		.device = PROCESS_DEVICE(status),
		.ctime = (uint64_t)status->stx_ctime.tv_sec * SECOND + status->stx_ctime.tv_nsec,
		.process = question->thread,
		.second = second,
	};
}

static void hold(struct guard_watch *watch, struct calm_file *file, const struct guard_question *question)
{
	if (file->held == 0) {
		int held = watch->calm->held == HELD_MAX ? -1 : fcntl(question->file, F_DUPFD_CLOEXEC, 1);

		if (held < 0)
			return;
		file->held = held;
		watch->calm->held++;
	}
	file->mount = question->mount;
	guard_ignore(watch, file->held, FAN_OPEN_PERM);
}

void calm_note(struct guard_watch *watch, const struct guard_question *question)
{
	struct calm_file *file = place_of(watch->calm, &question->status);
	uint64_t second = guard_now() / SECOND;

	if (!is_same(file, &question->status) ||
	    (file->process != question->thread && second > file->second + CALM_SECONDS)) {
		let_go(watch, file);
		begin(file, question, second);
		return;
	}
	if (file->process == question->thread && second != file->second) {
		file->second = second;
		file->seconds++;
	}
	if (file->seconds >= CALM_SECONDS && is_quiet(watch, &question->mount, second))
		hold(watch, file, question);
}

void calm_disturb(struct guard_watch *watch, uint64_t cgroup)
{
	struct guard_calm *calm = watch->calm;

	calm->starts[calm->next_start++ % STARTS_MAX] =
		(struct calm_start){ .cgroup = cgroup, .second = guard_now() / SECOND };
	for (unsigned at = 0; calm->held > 0 && at < FILES_MAX; at++)
		if (calm->files[at].held != 0 && mounts_reach(watch->guard->mounts, cgroup, &calm->files[at].mount))
			let_go(watch, &calm->files[at]);
}

void calm_sweep(struct guard_watch *watch)
{
	struct guard_calm *calm = watch->calm;

	for (unsigned at = 0; calm->held > 0 && at < FILES_MAX; at++)
		if (calm->files[at].held != 0 && !mounts_has(watch->guard->mounts, &calm->files[at].mount))
			let_go(watch, &calm->files[at]);
}
