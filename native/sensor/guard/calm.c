#include "calm.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code-file.h"
#include "held-call.h"

#define FILES_MAX 2048
#define HELD_MAX 512   /* of them, each an open file */
#define CALM_SECONDS 8 /* different ones in which it was opened */
#define STARTS_MAX 64
#define START_SECONDS 2    /* from the question for a program until exec shows in its thread, with room */
#define SWEEP_SECONDS 5    /* a file that was removed is held for so long */
#define RUNNERS_MAX 256    /* places in which a program that runs code was found */
#define PROCESSES_MAX 4096 /* looked at: whoever asks waits meanwhile */
#define SECOND 1000000000u

/* From where files are reached: those of the container, and through /proc those of whom one's process ids count. */
struct calm_place {
	uint64_t cgroup;
	uint64_t ids; /* inode of the namespace of process ids; 0: not known */
};

struct calm_file {
	uint64_t inode;
	uint64_t ctime;
	uint64_t second;
	uint32_t device;
	uint32_t process;
	uint32_t seconds;
	int held; /* open while the kernel does not ask for it, to have it asked for again; 0: it is not held */
	struct guard_mount mount;
	struct calm_place place;
};

/* A program that runs code was asked for. */
struct calm_start {
	struct calm_place place;
	uint64_t second;
	uint32_t thread;  /* that asked; 0: it is seen in /proc, or did not come about */
	uint32_t process; /* number that the thread takes over before it has its program */
};

struct guard_calm {
	uint64_t own_ids; /* of the sensor: who has the same sees every process */
	unsigned held;
	struct calm_file files[FILES_MAX];
	struct calm_start starts[STARTS_MAX];
	bool more_starts; /* than there is room for */
	uint32_t mounts;  /* changes of what is marked, up to the last sweep */
	uint64_t swept;   /* second of it */
	uint64_t looked;  /* second of the look at who runs code */
	bool unknown;     /* /proc cannot be read, or there is too much in it */
	unsigned runners;
	struct calm_place running[RUNNERS_MAX];
};

struct guard_calm *calm_open(void)
{
	struct guard_calm *calm = calloc(1, sizeof(*calm));

	if (calm != NULL)
		calm->own_ids = process_ids((uint32_t)getpid());
	return calm;
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

static struct calm_place place_of_process(uint32_t process, uint64_t cgroup)
{
	return (struct calm_place){ .cgroup = cgroup, .ids = process_ids(process) };
}

static bool reaches(const struct guard_calm *calm, const struct calm_place *from, const struct calm_place *to)
{
	return from->cgroup == to->cgroup || from->ids == 0 || from->ids == to->ids || from->ids == calm->own_ids;
}

static void note_runner(struct guard_calm *calm, const struct calm_place *place)
{
	for (unsigned at = 0; at < calm->runners; at++)
		if (calm->running[at].cgroup == place->cgroup && calm->running[at].ids == place->ids)
			return;
	if (calm->runners == RUNNERS_MAX)
		calm->unknown = true;
	else
		calm->running[calm->runners++] = *place;
}

static void look_at(struct guard_watch *watch, uint32_t process)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	struct calm_place place;
	uint64_t cgroup;

	if (process_outside(process))
		return;
	cgroup = cb->container_of(cb->ctx, process);
	/* Who is in no container of ours is never asked about. */
	if (cgroup == 0 || !process_runs_code(watch, process, cgroup))
		return;
	place = place_of_process(process, cgroup);
	note_runner(watch->calm, &place);
}

/* Finds where programs that run code are, once a second at most. */
static void look_for_runners(struct guard_watch *watch, uint64_t second)
{
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

		if (process == 0)
			continue;
		if (++processes > PROCESSES_MAX) {
			calm->unknown = true;
			break;
		}
		look_at(watch, process);
	}
	if (folder != NULL)
		closedir(folder);
}

static bool is_in_exec(uint32_t thread)
{
	struct held_call call;

	return held_call_read(thread, &call) && held_call_opens(&call).exec;
}

/* A start that /proc may not show yet: exec may take as long as the container likes. */
static bool is_pending(struct calm_start *start, uint64_t second)
{
	if (start->second + START_SECONDS > second)
		return true;
	if (start->thread != 0 && !is_in_exec(start->thread) && !is_in_exec(start->process))
		start->thread = 0;
	return start->thread != 0;
}

/* No start that is still pending reaches there. */
static bool is_free_of_starts(struct guard_calm *calm, const struct calm_place *place, uint64_t second)
{
	bool pending = false;

	for (unsigned at = 0; at < STARTS_MAX; at++) {
		if (!is_pending(&calm->starts[at], second))
			continue;
		if (reaches(calm, &calm->starts[at].place, place))
			return false;
		pending = true;
	}
	calm->more_starts &= pending;
	return !calm->more_starts;
}

/* Nobody who runs code can reach the file, nor will soon. */
static bool is_quiet(struct guard_watch *watch, const struct calm_place *place, uint64_t second)
{
	struct guard_calm *calm = watch->calm;

	if (!is_free_of_starts(calm, place, second))
		return false;
	look_for_runners(watch, second);
	for (unsigned at = 0; at < calm->runners; at++)
		if (reaches(calm, &calm->running[at], place))
			return false;
	return !calm->unknown;
}

static struct calm_file *place_for(struct guard_calm *calm, const struct statx *status)
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
	guard_ignore(watch, file->held, FAN_OPEN_PERM);
}

/* What has another name, or lies where another mount leads, may be moved to where others find it. */
static bool is_alone(struct guard_watch *watch, const struct guard_mount *mount, const struct statx *status)
{
	return status->stx_nlink == 1 && mounts_alone(watch->guard->mounts, mount);
}

void calm_note(struct guard_watch *watch, const struct guard_question *question)
{
	struct calm_file *file = place_for(watch->calm, &question->status);
	uint64_t second = steady_now() / SECOND;

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
	if (file->seconds < CALM_SECONDS || !is_alone(watch, &question->mount, &question->status))
		return;
	file->mount = question->mount;
	file->place = place_of_process(question->thread, question->mount.cgroup);
	if (is_quiet(watch, &file->place, second))
		hold(watch, file, question);
}

void calm_disturb(struct guard_watch *watch, const struct guard_question *question)
{
	struct calm_place place = place_of_process(question->thread, question->mount.cgroup);
	struct guard_calm *calm = watch->calm;
	uint64_t second = steady_now() / SECOND;
	unsigned at = 0;

	while (at < STARTS_MAX && is_pending(&calm->starts[at], second))
		at++;
	if (at < STARTS_MAX)
		calm->starts[at] = (struct calm_start){ place, second, question->thread, process_of(question->thread) };
	else
		calm->more_starts = true;
	for (at = 0; calm->held > 0 && at < FILES_MAX; at++)
		if (calm->files[at].held != 0 && reaches(calm, &place, &calm->files[at].place))
			let_go(watch, &calm->files[at]);
}

static bool may_stay(struct guard_watch *watch, const struct calm_file *file)
{
	struct statx status;

	return statx(file->held, "", AT_EMPTY_PATH, STATX_NLINK, &status) == 0 &&
	       is_alone(watch, &file->mount, &status);
}

int calm_sweep(struct guard_watch *watch)
{
	struct guard_calm *calm = watch->calm;
	uint32_t mounts = mounts_changes(watch->guard->mounts);
	uint64_t second = steady_now() / SECOND;

	if (calm->held > 0 && (mounts != calm->mounts || second >= calm->swept + SWEEP_SECONDS)) {
		for (unsigned at = 0; at < FILES_MAX; at++)
			if (calm->files[at].held != 0 && !may_stay(watch, &calm->files[at]))
				let_go(watch, &calm->files[at]);
		calm->swept = second;
	}
	calm->mounts = mounts;
	return calm->held > 0 ? SWEEP_SECONDS * 1000 : -1;
}
