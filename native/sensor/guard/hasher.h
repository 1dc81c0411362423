/* Hashes files, and compares copies with the image's own files, on a thread of its own. Files are read in pieces, so that
 * those of one container wait for no large one of another. What was hashed is remembered by the file's identity, where each
 * change shows in it. */
#ifndef SEAWALL_HASHER_H
#define SEAWALL_HASHER_H

#include <stdbool.h>
#include <stdint.h>

#include "hash-job.h"

#define HASHER_LIMIT (64u << 20) /* bytes; a larger file is not hashed, but compared */
#define HASHER_JOBS 512
#define HASHER_SHARE 128 /* of one container */
#define HASHER_ALONE 16  /* jobs for which nobody waits any more */
#define HASHER_ALONE_SHARE 4

struct hasher;

/* `wake`, an eventfd, is written when a job is done. NULL when there is no thread to be had. */
struct hasher *hasher_open(int wake);
/* False when the file is too large to be hashed, or too many wait. */
bool hasher_put(struct hasher *hasher, struct hash_job *job);
/* Nobody waits for the job any more: it is done after all others, or not at all where too many are left alone. It comes
 * back all the same. */
void hasher_leave_alone(struct hasher *hasher, struct hash_job *job);
/* A job that is over, or NULL. Remembers its digest when that is lasting. */
struct hash_job *hasher_take(struct hasher *hasher);
bool hasher_knows(struct hasher *hasher, const struct wire_file *file, struct guard_digest *digest);
/* Ends the thread; jobs that were not done are dropped, with their `digest` not known. */
void hasher_close(struct hasher *hasher);

#endif
