/* What the guard asks, what it gets for an answer, and what it reports. */
#ifndef SEAWALL_GUARD_QUESTION_H
#define SEAWALL_GUARD_QUESTION_H

#include <stdint.h>

#include "../../include/wire.h"

/* Why the kernel asks for a program. A script and a program with a dynamic loader raise one question each for every
 * file that the kernel opens. */
enum guard_role {
	GUARD_MAIN = 1,
	GUARD_SCRIPT = 2,      /* begins with #! */
	GUARD_INTERPRETER = 3, /* named by the script that the same thread has just been asked for */
	GUARD_LOADER = 4,      /* dynamic loader of the program that the same thread has just been asked for; not asked
				  about when it is the image's */
};

/* Process that asks. Texts live as long as the call that gets them. */
struct guard_process {
	uint32_t pid; /* process, as the host numbers it */
	uint32_t thread;
	uint32_t parent;
	uint32_t uid;
	uint64_t start;  /* CLOCK_BOOTTIME, ns */
	uint8_t origin;  /* wire_origin of its program */
	uint8_t session; /* wire_session, as far as it is known */
	uint8_t ancestors;
	struct wire_file file;
	const char *path; /* of its program, in the container; empty when it cannot be read */
	struct wire_ancestor ancestry[WIRE_EXEC_ANCESTORS]; /* in events only */
	const char *ancestor_paths[WIRE_EXEC_ANCESTORS];
};

/* A program that runs, as it was when it was started: it may have another name since, or none. */
struct guard_program {
	char path[4096];
	struct wire_file file;
	uint8_t origin;  /* wire_origin */
	uint8_t session; /* wire_session, as far as it is known */
};

struct guard_digest {
	uint8_t known;
	uint8_t lasting; /* each change of the file shows in its times: the digest holds as long as those do */
	uint8_t sha256[32];
	uint8_t md5[16];
};

/* What came of comparing a copy with the image's own file at its path. */
struct guard_copy {
	uint8_t known;
	uint8_t same;    /* same content */
	uint8_t lasting; /* as of a digest */
	uint8_t late;    /* could not be compared in time: that goes on, and the next one who asks need not wait */
	struct wire_file image;
};

struct guard_exec {
	uint64_t cgroup;
	const char *path; /* in the container */
	struct wire_file file;
	uint8_t origin;              /* wire_origin */
	uint8_t role;                /* guard_role */
	struct guard_process caller; /* parent, uid and start are in events only */
	struct guard_digest digest;  /* when the file was hashed before */
	struct guard_copy copy;
};

enum guard_code_flag {
	GUARD_CODE_SAME_PROGRAM = 1 << 0, /* compiled, and the opener's program wrote it: a JSP's class, byte code */
	GUARD_CODE_ARGUMENT = 1 << 1,     /* named by the opener's arguments */
	GUARD_CODE_DERIVED = 1 << 3,      /* made of the image's own code by its own interpreter, see derivation.h */
	GUARD_CODE_MAPPED = 1 << 2,       /* seen mapped executable afterwards: can be reported, not refused */
};

struct guard_code {
	uint64_t cgroup;
	const char *path;
	struct wire_file file;
	uint8_t origin;
	uint8_t kind;                /* wire_code_kind */
	uint32_t flags;              /* guard_code_flag */
	struct guard_process opener; /* parent, uid and start are in events only */
	const char *writer;          /* path of the program that wrote it last; empty when not seen */
	const char *argv;            /* of the opener, masked, NUL between words; in events only */
	uint32_t argv_length;
	struct guard_digest digest;
	struct guard_copy copy;
};

enum guard_answer_flag {
	/* The policy allows files by digest and this one's is not known: the opener is held until it is hashed and the
	 * question is asked again, at most for the budget; then `verdict` holds. */
	GUARD_ANSWER_BY_DIGEST = 1 << 0,
	/* Harmless whoever asks: the kernel need not ask again until the file changes or `guard_forget`. A question costs
	 * a start of a program about a fifth more, so this is the answer for the image's programs wherever the caller does
	 * not matter. A kept program that is renamed is not asked about either: BPF still judges it. */
	GUARD_ANSWER_KEEP = 1 << 1,
	/* The answer is another one when the file is a copy with the content of the image's own file at its path: the asker is
	 * held until they are compared, for GUARD_COPY_MS at most, and the question is asked again. */
	GUARD_ANSWER_BY_COPY = 1 << 2,
};

#define GUARD_COPY_MS 500

/* Zeroed before it is asked for: allowed, nothing reported. */
struct guard_answer {
	uint8_t verdict; /* wire_verdict: observed reports nothing, alerted allows and reports, refused is EPERM and reports */
	uint8_t reason; /* wire_reason */
	uint16_t flags;
	uint32_t policy;
	uint32_t version;
};

enum guard_event_kind {
	GUARD_EVENT_EXEC = 1,
	GUARD_EVENT_CODE = 2,
	GUARD_EVENT_LOSS = 3, /* `count` questions could not be judged by what they ask for; cgroup 0: unknown */
};

struct guard_event {
	uint8_t kind;
	uint64_t time; /* CLOCK_BOOTTIME, ns */
	uint64_t cgroup;
	uint64_t count;
	const struct guard_exec *exec;
	const struct guard_code *code;
	const struct guard_answer *answer;
};

/* Called on the guard's thread (a loss: on the deadman's too); must not block. After the deadman closed a group, the
 * new thread may call while the call that hung has not returned. */
struct guard_callbacks {
	void (*judge_exec)(void *ctx, const struct guard_exec *question, struct guard_answer *answer);
	void (*judge_code)(void *ctx, const struct guard_code *question, struct guard_answer *answer);
	/* Cgroup of the container that a thread belongs to, 0 when it belongs to none. */
	uint64_t (*container_of)(void *ctx, uint32_t thread);
	/* 1 when the policy lets this very file of the image be started by whoever this thread is: then nothing more is looked
	 * at, which makes the answer several times as fast. May be NULL. */
	int (*knows_exec)(void *ctx, uint64_t cgroup, const struct wire_file *file, uint32_t thread);
	/* 1 when the program of this thread is known as it was started; else /proc is asked. May be NULL. */
	int (*program_of)(void *ctx, uint32_t thread, struct guard_program *program);
	/* 1 when the policy of this container says that the program runs code (WIRE_FILE_RUNS_CODE); may be NULL. */
	int (*runs_code)(void *ctx, uint64_t cgroup, const struct wire_file *program);
	/* The event and its texts are the guard's: copy what is kept. */
	void (*report)(void *ctx, struct guard_event *event);
	/* Called by the deadman whenever it has looked, several times a second; may be NULL. */
	void (*alive)(void *ctx);
	/* Called by the deadman with the guard's lock: 0 when it gave the group up, 1 when there is one again; may be NULL. */
	void (*watches)(void *ctx, int watches);
	void *ctx;
};

struct guard_counts {
	uint64_t permissions;
	uint64_t late;     /* let through by the deadman, or decided without knowing what was asked for */
	uint64_t ns_total; /* from reading questions until they were answered; without those that wait for a digest */
	uint32_t marks;
	uint32_t waiting; /* questions and events that wait for a digest or a second look */
};

#endif
