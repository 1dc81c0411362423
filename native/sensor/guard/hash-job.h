/* One job of the hasher: reading a file piece by piece. */
#ifndef SEAWALL_GUARD_HASH_JOB_H
#define SEAWALL_GUARD_HASH_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "question.h"

#define HASH_RECENT 16
#define HASH_TICK_NS 20000000u /* of the slowest clock, with room */

struct hash_job {
	struct hash_job *next;
	int file; /* open for reading; stays the giver's */
	struct wire_file identity;
	uint64_t cgroup;             /* of the container that waits */
	bool compares;               /* `file` with `image_file`; else it is hashed */
	int image_file;              /* O_PATH will do: the hasher opens it to read */
	struct guard_digest *digest; /* gets it when the job is taken */
	struct guard_copy *copy;     /* the same of what was compared */
	/* The hasher's. */
	struct guard_digest found;
	struct guard_copy compared; /* `image` is the giver's */
	int image_read;             /* 0: not open */
	struct digest sum;
	uint64_t at;
	bool begun, settled, resumed, alone, dropped;
};

struct hashed {
	struct wire_file file;
	struct guard_digest digest;
};

struct compared {
	struct wire_file file;
	struct guard_copy copy;
};

/* The same file asked for many times at once is read once. */
struct hash_memory {
	struct hashed last_file;
	struct compared recent[HASH_RECENT];
	unsigned recent_next;
};

/* Reads on for a while, until `stop`. True when the job is over. */
bool hash_job_go_on(struct hash_memory *memory, struct hash_job *job, const bool *stop);
/* Closes what it had open; a job that is over, or is given up. */
void hash_job_end(struct hash_job *job);
bool hash_same_file(const struct wire_file *one, const struct wire_file *other);
uint64_t hash_real_now(void); /* ns of Unix time */

#endif
