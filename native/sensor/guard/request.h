/* A question with what is found out about it, from its beginning until it is reported. */
#ifndef SEAWALL_GUARD_REQUEST_H
#define SEAWALL_GUARD_REQUEST_H

#include "group.h"

enum request_state {
	REQUEST_ASKED,   /* answered on the spot */
	REQUEST_HELD,    /* the opener waits for what the hasher finds out */
	REQUEST_LOOKING, /* let through; looked at again, whether it was mapped */
	REQUEST_AGAIN,   /* the opener waits until what was not to be had is known */
};

/* Asks a question; false when it cannot be told yet. */
typedef bool request_asking(struct guard_watch *watch, struct guard_question *question);

struct guard_request {
	struct guard_request *next;
	int file; /* the event's */
	enum request_state state;
	bool code;      /* else a program */
	bool runs_code; /* the program: each of its starts is asked for, see calm.h */
	bool hashing;
	bool later; /* let through in any case, and looked at again */
	bool kept;  /* among those that wait, and counted in `share` */
	uint8_t share;
	uint8_t looks;
	uint64_t due; /* CLOCK_MONOTONIC, ns; 0: none */
	struct hash_job job;
	int image_file; /* that it is compared with; -1: none is open */
	struct guard_mount mount;
	struct guard_exec exec;
	struct guard_code asked;
	struct guard_answer answer;
	uint32_t forgets;               /* of the guard when it was judged */
	struct guard_question question; /* that is asked again */
	request_asking *ask;
	uint64_t last; /* CLOCK_MONOTONIC, ns: until then it is asked again */
	size_t used;
	char texts[24 * 1024];
};

static inline struct guard_digest *request_digest(struct guard_request *request)
{
	return request->code ? &request->asked.digest : &request->exec.digest;
}

static inline struct guard_copy *request_copy(struct guard_request *request)
{
	return request->code ? &request->asked.copy : &request->exec.copy;
}

static inline const struct wire_file *request_file(const struct guard_request *request)
{
	return request->code ? &request->asked.file : &request->exec.file;
}

static inline uint64_t request_cgroup(const struct guard_request *request)
{
	return request->code ? request->asked.cgroup : request->exec.cgroup;
}

const char *request_text(struct guard_request *request, const char *text, size_t length);
/* Room for one request, or NULL: a watch has one to spare from its beginning on. */
struct guard_request *request_spare(void);
/* Never NULL. */
struct guard_request *request_new(struct guard_watch *watch, int file);
/* Gives up a request whose file is still the caller's. */
void request_drop(struct guard_watch *watch, struct guard_request *request);
/* Gives the room of a request back, with the files that it holds. */
void request_free(struct guard_watch *watch, struct guard_request *request);
/* Gives up all that wait, and the room to spare. */
void requests_drop(struct guard_watch *watch);

/* Program of the asking thread; texts go into the request. */
void request_describe(struct guard_watch *watch, struct guard_request *request, uint32_t thread,
		      struct guard_process *process);

#endif
