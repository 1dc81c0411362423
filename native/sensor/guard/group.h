/* The guard's state, and what every hook does with the kernel: answer, and mark files that need not be asked for.
 * Everything of the guard but its face and its thread stands above this. */
#ifndef SEAWALL_GUARD_GROUP_H
#define SEAWALL_GUARD_GROUP_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

#include "question.h"
#include "../clock.h"
#include "hasher.h"
#include "mounts.h"
#include "process.h"
#include "writers.h"

#define GUARD_MILLISECOND 1000000ull
#define GUARD_QUESTIONS (FAN_OPEN_EXEC_PERM | FAN_OPEN_PERM)
#define GUARD_RUNNERS 512
#define GUARD_WORDS (256 * 1024) /* bytes of a command line or of an environment that are read */

struct guard_calm;
struct guard_request;
struct guard_watch;

/* What the program that a thread was asked for last names as what runs it. */
struct guard_runner {
	uint32_t thread;
	bool script;
	char path[120];
};

struct guard {
	struct guard_callbacks cb;
	uint64_t budget; /* ns */
	struct guard_mounts *mounts;
	struct guard_counts counts;
	uint32_t forgets;     /* how often all that the kernel keeps was forgotten */
	pthread_mutex_t lock; /* of `watch`, `stop` */
	pthread_cond_t changed;
	struct guard_watch *watch;
	pthread_t deadman;
	bool stop;
	bool gave_up; /* a thread that hung may still look at the guard: it is never freed */
};

/* Requests that wait, of containers by a part of their number: those that share a place share it. */
struct guard_share {
	uint16_t waiting;
	uint16_t looking; /* of these, those that nobody waits for */
};

#define GUARD_SHARES 256

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
	struct guard_calm *calm;
	struct guard_request *spare;
	struct guard_request *waiting;
	unsigned waiting_count;
	unsigned looking_count;
	struct guard_share shares[GUARD_SHARES];
	struct guard_runner runners[GUARD_RUNNERS]; /* by thread */
	char given[PATH_MAX];                       /* path that the opener asks for */
	char words[GUARD_WORDS + 1];
};

/* A file that somebody opens, and what is known of it. */
struct guard_question {
	int file;
	uint32_t thread;
	uint64_t mask; /* which question it is */
	struct statx status;
	struct guard_mount mount;
	bool undecided; /* asked again until there was no more time: `mount` is the thread's container at most */
};

void guard_reply(struct guard_watch *watch, int file, bool allow);
/* The kernel need not ask for this file again. `mask`: which questions. */
void guard_ignore(struct guard_watch *watch, int file, uint64_t mask);
/* The kernel asks for this file again. */
void guard_heed(struct guard_watch *watch, int file, uint64_t mask);
/* Reports that `count` questions were let through unjudged. */
void guard_report_loss(struct guard *guard, uint64_t cgroup, uint64_t count);
/* Identity of the file that is asked about, as the programs in the kernel have it. */
struct wire_file guard_identity(struct guard_watch *watch, const struct guard_question *question);
/* What a program is as a writer (written_flag), by its origin and session. */
uint32_t guard_writing_flags(uint8_t origin, uint8_t session);
/* Program of a thread. False when nothing is known of it; its path, at least, may be then. */
bool guard_program_of(struct guard_watch *watch, uint32_t thread, struct guard_program *program);
/* Path in the container of an open file; its length, 0 when there is none. */
size_t guard_path(const struct guard_question *question, char *path, size_t size);

#endif
