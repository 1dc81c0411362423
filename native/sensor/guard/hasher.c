#include "hasher.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "held-call.h"

#define WAITING_MAX 64
#define URGENT (-10)      /* behind whoever answers, before all others: somebody waits for it */
#define KNOWN_MAX 2048    /* a power of two */
#define TICK_NS 20000000u /* of the slowest clock, with room */

struct known {
	struct wire_file file;
	struct guard_digest digest;
};

struct hasher {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct hash_job *first, **last; /* to do */
	struct hash_job *done;
	unsigned waiting;
	bool stop;
	int wake;
	struct known known[KNOWN_MAX]; /* the taker's only */
	struct known last_file;        /* the worker's only: the same file asked for many times at once is read once */
};

static bool same_file(const struct wire_file *one, const struct wire_file *other)
{
	return one->inode == other->inode && one->device == other->device && one->ctime == other->ctime &&
	       one->size == other->size;
}

static struct known *place_of(struct hasher *hasher, const struct wire_file *file)
{
	uint64_t mix = (file->inode ^ (uint64_t)file->device << 40) * 0x9e3779b97f4a7c15ull;

	return &hasher->known[mix >> 32 & (KNOWN_MAX - 1)];
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

/* Before Linux 6.13 a file that changes twice within a tick of the clock keeps its time: waits until that of the last change
 * is over. False when it lies ahead: the clock was set back, and may show it again. */
static bool is_settled(const struct wire_file *file)
{
	struct timespec time;
	uint64_t now;

	clock_gettime(CLOCK_REALTIME, &time);
	now = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
	if (now < file->ctime)
		return false;
	if (now < file->ctime + TICK_NS)
		nanosleep(&(struct timespec){ .tv_nsec = (long)(file->ctime + TICK_NS - now) }, NULL);
	return true;
}

static void hash(struct hasher *hasher, struct hash_job *job)
{
	bool settled = is_settled(&job->identity);
	enum held_change change;
	uint8_t bytes[65536];
	struct digest digest;
	off_t at = 0;
	ssize_t got;

	if (hasher->last_file.digest.known && same_file(&hasher->last_file.file, &job->identity) &&
	    unchanged(job, &change)) {
		job->found = hasher->last_file.digest;
		return;
	}
	digest_start(&digest);
	while ((got = pread(job->file, bytes, sizeof(bytes), at)) > 0 && at <= (off_t)HASHER_LIMIT) {
		if (__atomic_load_n(&hasher->stop, __ATOMIC_RELAXED))
			return;
		digest_add(&digest, bytes, (size_t)got);
		at += got;
	}
	if (got != 0 || !unchanged(job, &change))
		return;
	digest_end(&digest, job->found.sha256, job->found.md5);
	job->found.known = 1;
	job->found.lasting = settled && change == HELD_STILL;
	if (job->found.lasting)
		hasher->last_file = (struct known){ job->identity, job->found };
}

static void *work(void *argument)
{
	struct hasher *hasher = argument;
	uint64_t one = 1;

	setpriority(PRIO_PROCESS, (id_t)gettid(), URGENT);
	pthread_mutex_lock(&hasher->lock);
	while (!hasher->stop) {
		struct hash_job *job = hasher->first;

		if (job == NULL) {
			pthread_cond_wait(&hasher->more, &hasher->lock);
			continue;
		}
		hasher->first = job->next;
		if (hasher->first == NULL)
			hasher->last = &hasher->first;
		pthread_mutex_unlock(&hasher->lock);
		hash(hasher, job);
		pthread_mutex_lock(&hasher->lock);
		job->next = hasher->done;
		hasher->done = job;
		if (write(hasher->wake, &one, sizeof(one)) < 0)
			break;
	}
	pthread_mutex_unlock(&hasher->lock);
	return NULL;
}

struct hasher *hasher_open(int wake)
{
	struct hasher *hasher = calloc(1, sizeof(*hasher));

	if (hasher == NULL)
		return NULL;
	hasher->wake = wake;
	hasher->last = &hasher->first;
	pthread_mutex_init(&hasher->lock, NULL);
	pthread_cond_init(&hasher->more, NULL);
	if (pthread_create(&hasher->thread, NULL, work, hasher) != 0) {
		free(hasher);
		return NULL;
	}
	return hasher;
}

bool hasher_put(struct hasher *hasher, struct hash_job *job)
{
	bool taken = false;

	if (job->identity.size > HASHER_LIMIT)
		return false;
	job->next = NULL;
	pthread_mutex_lock(&hasher->lock);
	if (hasher->waiting < WAITING_MAX) {
		*hasher->last = job;
		hasher->last = &job->next;
		hasher->waiting++;
		taken = true;
		pthread_cond_signal(&hasher->more);
	}
	pthread_mutex_unlock(&hasher->lock);
	return taken;
}

struct hash_job *hasher_take(struct hasher *hasher)
{
	struct hash_job *job;

	pthread_mutex_lock(&hasher->lock);
	job = hasher->done;
	if (job != NULL) {
		hasher->done = job->next;
		hasher->waiting--;
	}
	pthread_mutex_unlock(&hasher->lock);
	if (job != NULL && job->found.known) {
		struct known *known = place_of(hasher, &job->identity);

		*job->digest = job->found;
		if (job->found.lasting)
			*known = (struct known){ job->identity, job->found };
	}
	return job;
}

bool hasher_knows(struct hasher *hasher, const struct wire_file *file, struct guard_digest *digest)
{
	const struct known *known = place_of(hasher, file);

	if (!known->digest.known || !same_file(&known->file, file))
		return false;
	*digest = known->digest;
	return true;
}

void hasher_close(struct hasher *hasher)
{
	pthread_mutex_lock(&hasher->lock);
	__atomic_store_n(&hasher->stop, true, __ATOMIC_RELAXED);
	pthread_cond_signal(&hasher->more);
	pthread_mutex_unlock(&hasher->lock);
	pthread_join(hasher->thread, NULL);
	pthread_cond_destroy(&hasher->more);
	pthread_mutex_destroy(&hasher->lock);
	free(hasher);
}
