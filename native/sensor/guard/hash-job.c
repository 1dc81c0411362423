#include "hash-job.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "held-call.h"

#define PIECE 65536
#define PIECES 16 /* until others get their turn */

bool hash_same_file(const struct wire_file *one, const struct wire_file *other)
{
	return one->inode == other->inode && one->device == other->device && one->ctime == other->ctime &&
	       one->size == other->size;
}

/* What is hashed must be the file that was asked about, before and after. Who has it mapped to write changes it without a
 * new time. */
static bool unchanged(const struct hash_job *job, enum held_change *change)
{
	struct statx now;

	*change = held_file_change(job->file);
	return *change != HELD_WRITTEN && statx(job->file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &now) == 0 &&
	       now.stx_size == job->identity.size &&
	       (uint64_t)now.stx_ctime.tv_sec * 1000000000u + now.stx_ctime.tv_nsec == job->identity.ctime;
}

uint64_t hash_real_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Bytes at a place; less at the end only, -1 for an error. */
static ssize_t read_piece(int file, uint8_t *bytes, uint64_t at)
{
	size_t length = 0;

	while (length < PIECE) {
		ssize_t got = pread(file, bytes + length, PIECE - length, (off_t)(at + length));

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

static void end_digest(struct hash_memory *memory, struct hash_job *job)
{
	enum held_change change;

	if (!unchanged(job, &change))
		return;
	digest_end(&job->sum, job->found.sha256, job->found.md5);
	job->found.known = 1;
	job->found.lasting = job->settled && change == HELD_STILL;
	if (job->found.lasting)
		memory->last_file = (struct hashed){ job->identity, job->found };
}

static void end_comparing(struct hash_memory *memory, struct hash_job *job, bool same)
{
	enum held_change change;

	/* What was read long ago may have changed since without a new time, where that can be. */
	if (!unchanged(job, &change) || (job->resumed && change != HELD_STILL))
		return;
	job->compared.known = 1;
	job->compared.same = same;
	job->compared.lasting = job->settled && change == HELD_STILL;
	if (job->compared.lasting)
		memory->recent[memory->recent_next++ % HASH_RECENT] = (struct compared){ job->identity, job->compared };
}

/* Reads on for a while. True when the job is over. */
static bool read_on(struct hash_memory *memory, struct hash_job *job, const bool *stop)
{
	uint8_t bytes[PIECE], other[PIECE];

	for (int piece = 0; piece < PIECES; piece++) {
		ssize_t got = read_piece(job->file, bytes, job->at);

		if (got < 0 || job->at > job->identity.size || __atomic_load_n(stop, __ATOMIC_RELAXED))
			return true;
		if (job->compares) {
			ssize_t there = read_piece(job->image_read, other, job->at);
			bool same = there == got && memcmp(bytes, other, (size_t)got) == 0;

			if (there >= 0 && (!same || got < PIECE))
				end_comparing(memory, job, same);
			if (!same || got < PIECE)
				return true;
		} else {
			digest_add(&job->sum, bytes, (size_t)got);
			if (got < PIECE) {
				end_digest(memory, job);
				return true;
			}
		}
		job->at += (uint64_t)got;
	}
	return false;
}

/* True when the same was found out just now. */
static bool is_known_already(const struct hash_memory *memory, struct hash_job *job)
{
	enum held_change change;

	if (!job->compares && memory->last_file.digest.known &&
	    hash_same_file(&memory->last_file.file, &job->identity) && unchanged(job, &change)) {
		job->found = memory->last_file.digest;
		return true;
	}
	for (int at = 0; job->compares && at < HASH_RECENT; at++) {
		const struct compared *recent = &memory->recent[at];

		if (recent->copy.known && hash_same_file(&recent->file, &job->identity) &&
		    hash_same_file(&recent->copy.image, &job->compared.image) && unchanged(job, &change)) {
			job->compared = recent->copy;
			return true;
		}
	}
	return false;
}

void hash_job_end(struct hash_job *job)
{
	if (job->image_read > 0)
		close(job->image_read);
	job->image_read = 0;
}

/* The guard itself opens nothing to read, which it might have to answer: this thread may. */
static bool open_image(struct hash_job *job)
{
	char name[64];

	if (!job->compares || job->image_read > 0)
		return true;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", job->image_file);
	job->image_read = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return job->image_read > 0;
}

bool hash_job_go_on(struct hash_memory *memory, struct hash_job *job, const bool *stop)
{
	enum held_change change;

	/* Who had it mapped to write before it was read, and has not any more, wrote without a new time. */
	if (!unchanged(job, &change))
		return true;
	if (!job->begun) {
		uint64_t now = hash_real_now();

		/* Before Linux 6.13 a file that changes twice within a tick of the clock keeps its time. When it lies ahead, the
		 * clock was set back, and may show it again. */
		job->settled = now >= job->identity.ctime + HASH_TICK_NS;
		job->begun = true;
		digest_start(&job->sum);
		if (is_known_already(memory, job))
			return true;
	}
	return !open_image(job) || read_on(memory, job, stop);
}
