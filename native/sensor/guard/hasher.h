/* Hashes files on a thread of its own. What was hashed is remembered by the file's identity, where each change shows in it. */
#ifndef SEAWALL_HASHER_H
#define SEAWALL_HASHER_H

#include <stdbool.h>
#include <stdint.h>

#include "guard.h"

#define HASHER_LIMIT (64u << 20) /* bytes; a larger file is not hashed */

struct hash_job {
	struct hash_job *next;
	int file; /* open for reading; stays the giver's */
	struct wire_file identity;
	struct guard_digest *digest; /* gets it when the job is taken */
	struct guard_digest found;   /* the hasher's */
};

struct hasher;

/* `wake`, an eventfd, is written when a job is done. NULL when there is no thread to be had. */
struct hasher *hasher_open(int wake);
/* False when the file is too large or too many wait. */
bool hasher_put(struct hasher *hasher, struct hash_job *job);
/* A job that is done, or NULL. Remembers its digest when that is lasting. */
struct hash_job *hasher_take(struct hasher *hasher);
bool hasher_knows(struct hasher *hasher, const struct wire_file *file, struct guard_digest *digest);
/* Ends the thread; jobs that were not done are dropped, with their `digest` not known. */
void hasher_close(struct hasher *hasher);

#endif
