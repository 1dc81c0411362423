/* Parts of the guard among themselves. */
#ifndef SEAWALL_GUARD_INNER_H
#define SEAWALL_GUARD_INNER_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

#include "guard.h"
#include "hasher.h"
#include "process.h"

#define GUARD_MILLISECOND 1000000ull
#define GUARD_CASES_MAX 256 /* that wait; what comes beyond is answered at once and told without a digest */

/* ---- guard-places.c: what is marked */

struct guard_places;

/* What is known of the place of a file. */
struct guard_place {
	uint64_t cgroup;
	uint64_t mount;  /* of a volume or tmpfs */
	uint32_t device; /* as the container's stat shows it */
	bool overlay;
};

struct guard_places *places_open(void);
void places_close(struct guard_places *places);
/* 0 or a negative errno. */
int places_add(struct guard_places *places, const char *path, uint64_t cgroup, bool overlay);
void places_remove(struct guard_places *places, uint64_t cgroup);
unsigned places_count(struct guard_places *places);
/* Calls for each place of the cgroup (0: of all) that is still mounted, with a path for fanotify_mark. */
void places_each(struct guard_places *places, uint64_t cgroup, void (*call)(void *ctx, const char *path, bool overlay),
		 void *ctx);
/* Place of an open file. `thread` is one that sees the mount. */
bool places_find(struct guard_places *places, const struct statx *file, uint32_t thread, struct guard_place *place);
/* Path in the container from the path that /proc/self/fd shows. */
const char *places_inner_path(struct guard_places *places, const struct guard_place *place, const char *path);
/* wire_origin of a file of that place. */
uint8_t places_origin(struct guard_places *places, const struct guard_place *place, const struct statx *file,
		      const char *path);
/* The same by time alone, for a program that runs already. */
uint8_t places_likely_origin(struct guard_places *places, const struct guard_place *place, const struct statx *file);
/* The file's identity, with the device of the layer that holds it. */
struct wire_file places_identity(struct guard_places *places, const struct guard_place *place, const struct statx *file);

/* ---- guard-writers.c: who wrote a file last, and which files are opened calmly */

struct guard_writers;

struct guard_writers *writers_open(void);
void writers_close(struct guard_writers *writers);
void writers_note(struct guard_writers *writers, const struct statx *file, const char *program, uint64_t program_inode);
const char *writers_of(struct guard_writers *writers, const struct statx *file, uint64_t *program_inode);
/* Counts an open by what runs no code. True once the same unchanged text was opened often, over some seconds, by one
 * process: it is data, and the kernel need not ask again. */
bool writers_calm(struct guard_writers *writers, const struct statx *file, uint32_t process, uint64_t now);

/* ---- guard-case.c: a question from its beginning until it is told */

enum case_state {
	CASE_ASKED,   /* answered on the spot */
	CASE_HELD,    /* the opener waits for the digest */
	CASE_LOOKING, /* let through; looked at again, whether it was mapped */
};

struct guard_case {
	struct guard_case *next;
	int file; /* the event's */
	enum case_state state;
	bool code; /* else a program */
	bool hashing;
	uint8_t looks;
	uint64_t due; /* CLOCK_MONOTONIC, ns; 0: none */
	struct hash_job job;
	struct guard_exec exec;
	struct guard_code asked;
	struct guard_answer answer;
	uint32_t forgets; /* of the guard when it was judged */
	size_t used;
	char texts[24 * 1024];
};

#define GUARD_RUNNERS 512

/* What the program that a thread was asked for last names as what runs it. */
struct guard_runner {
	uint32_t thread;
	bool script;
	char path[120];
};

struct guard {
	struct guard_callbacks cb;
	uint64_t budget; /* ns */
	uint32_t features;
	struct guard_places *places;
	struct guard_counts counts;
	uint32_t forgets; /* how often all that the kernel keeps was forgotten */
	pthread_mutex_t lock; /* of `watch`, `stop` */
	pthread_cond_t changed;
	struct guard_watch *watch;
	pthread_t deadman;
	bool stop;
	bool gave_up; /* a thread that hung may still look at the guard: it is never freed */
};

/* One fanotify group with its thread. The deadman gives it up when it hangs, and starts another. */
struct guard_watch {
	struct guard *guard;
	pthread_t thread;
	int group;  /* permission questions */
	int notify; /* what was written; -1 where there is none */
	int wake;   /* eventfd: the hasher is done, or the guard ends */
	bool given_up;
	bool stop;
	uint64_t busy_since; /* CLOCK_MONOTONIC, ns; 0 while it waits for questions */
	struct hasher *hasher;
	struct guard_writers *writers;
	struct guard_case *spare;
	struct guard_case *waiting;
	unsigned cases;
	uint64_t untold;
	struct guard_runner runners[GUARD_RUNNERS]; /* by thread */
};

const char *case_text(struct guard_case *matter, const char *text, size_t length);
struct guard_case *case_new(struct guard_watch *watch, int file);
/* Judges, answers the kernel, and tells; takes the case over. */
void case_settle(struct guard_watch *watch, struct guard_case *matter);
/* Lets the opener through, and tells if the file is mapped executable soon. */
void case_look_later(struct guard_watch *watch, struct guard_case *matter);
void case_allow(struct guard_watch *watch, struct guard_case *matter);
/* Goes on with what is hashed or due. Returns milliseconds until the next is due, -1 for never. */
int cases_go_on(struct guard_watch *watch);
void cases_drop(struct guard_watch *watch);

/* ---- guard-exec.c, guard-code.c: questions */

struct guard_question {
	int file;
	uint32_t thread;
	struct statx status;
	struct guard_place place;
};

void guard_ask_exec(struct guard_watch *watch, const struct guard_question *question);
void guard_ask_code(struct guard_watch *watch, const struct guard_question *question);
void guard_note_written(struct guard_watch *watch, const struct guard_question *question);

/* ---- guard-watch.c: a group and its thread */

struct guard_marking {
	struct guard_watch *watch;
	unsigned action; /* FAN_MARK_ADD or FAN_MARK_REMOVE */
	int error;       /* negative errno */
};

/* A group with all marks and a thread. NULL with errno. */
struct guard_watch *watch_new(struct guard *guard);
/* For places_each: marks a place, or takes its mark away. */
void watch_mark(void *marking, const char *path, bool overlay);
/* The kernel lets go of everybody who waits for this group; its thread ends when it comes round. */
void watch_disarm(struct guard_watch *watch);
/* Ends the thread. False when it hangs. */
bool watch_end(struct guard_watch *watch);

#define GUARD_QUESTIONS (FAN_OPEN_EXEC_PERM | FAN_OPEN_PERM)

uint64_t guard_now(void);      /* CLOCK_MONOTONIC, ns */
uint64_t guard_boot_now(void); /* CLOCK_BOOTTIME, ns */
void guard_reply(struct guard_watch *watch, int file, bool allow);
/* The kernel need not ask for this file again. `mask`: which questions. */
void guard_ignore(struct guard_watch *watch, int file, uint64_t mask);
/* The kernel asks for this file again. */
void guard_heed(struct guard_watch *watch, int file, uint64_t mask);
void guard_tell_loss(struct guard *guard, uint64_t cgroup, uint64_t count);
/* Path in the container of an open file; its length, 0 when there is none. */
size_t guard_path(struct guard_watch *watch, const struct guard_question *question, char *path, size_t size);
/* Program of the asking thread; texts go into the case. */
void guard_describe(struct guard_watch *watch, struct guard_case *matter, uint32_t thread, struct guard_process *process);

#endif
