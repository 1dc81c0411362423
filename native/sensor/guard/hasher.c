#include "hasher.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hash-job.h"

#define URGENT (-10)    /* behind whoever answers, before all others: somebody waits for it */
#define HASHED_MAX 2048 /* a power of two */
#define BUCKETS 256

/* What containers have of the hasher, by a part of their number: those that share a place share it fairly. */
struct share {
	uint64_t served; /* the smaller, the longer ago */
	unsigned jobs;
	unsigned alone;
};

struct hasher {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct hash_job *first; /* to do */
	struct hash_job *done;
	unsigned jobs, alone;
	uint64_t clock;
	struct share shares[BUCKETS];
	bool stop;
	int wake;
	struct hashed known[HASHED_MAX]; /* the taker's only */
	struct hash_memory memory;       /* the worker's only */
};

static struct hashed *place_of(struct hasher *hasher, const struct wire_file *file)
{
	uint64_t mix = (file->inode ^ (uint64_t)file->device << 40) * 0x9e3779b97f4a7c15ull;

	return &hasher->known[mix >> 32 & (HASHED_MAX - 1)];
}

static struct share *share_of(struct hasher *hasher, const struct hash_job *job)
{
	return &hasher->shares[job->cgroup * 0x9e3779b97f4a7c15ull >> 56];
}

/* Whether a job waits until the tick of its file's last change is over. */
static bool waits(const struct hash_job *job, uint64_t now)
{
	return !job->begun && now >= job->identity.ctime && now < job->identity.ctime + HASH_TICK_NS;
}

/* Those before whom somebody waits come first, then whose container was served longest ago, then the shortest. */
static bool comes_before(struct hasher *hasher, const struct hash_job *one, const struct hash_job *other)
{
	const struct share *share = share_of(hasher, one), *others = share_of(hasher, other);

	if (one->alone != other->alone)
		return other->alone;
	if (share->served != others->served)
		return share->served < others->served;
	return one->identity.size - one->at < other->identity.size - other->at;
}

/* With the lock. Place of the job that is next; of NULL where none can be now. `until`: when one can, 0 for never. */
static struct hash_job **next_job(struct hasher *hasher, uint64_t *until)
{
	struct hash_job **next = NULL;
	uint64_t now = hash_real_now();

	*until = 0;
	for (struct hash_job **at = &hasher->first; *at != NULL; at = &(*at)->next) {
		if ((*at)->dropped)
			return at;
		if (waits(*at, now)) {
			if (*until == 0 || (*at)->identity.ctime + HASH_TICK_NS < *until)
				*until = (*at)->identity.ctime + HASH_TICK_NS;
		} else if (next == NULL || comes_before(hasher, *at, *next)) {
			next = at;
		}
	}
	return next;
}

/* With the lock. */
static void wait_for_more(struct hasher *hasher, uint64_t until)
{
	struct timespec time = { (time_t)(until / 1000000000u), (long)(until % 1000000000u) };

	if (until == 0)
		pthread_cond_wait(&hasher->more, &hasher->lock);
	else
		pthread_cond_timedwait(&hasher->more, &hasher->lock, &time);
}

static void *work(void *argument)
{
	struct hasher *hasher = argument;
	uint64_t one = 1, until;

	setpriority(PRIO_PROCESS, (id_t)gettid(), URGENT);
	pthread_mutex_lock(&hasher->lock);
	while (!hasher->stop) {
		struct hash_job **place = next_job(hasher, &until), *job;
		bool over;

		if (place == NULL) {
			wait_for_more(hasher, until);
			continue;
		}
		job = *place;
		*place = job->next;
		share_of(hasher, job)->served = ++hasher->clock;
		over = job->dropped;
		pthread_mutex_unlock(&hasher->lock);
		over = over || hash_job_go_on(&hasher->memory, job, &hasher->stop);
		if (over)
			hash_job_end(job);
		pthread_mutex_lock(&hasher->lock);
		job->next = over ? hasher->done : hasher->first;
		*(over ? &hasher->done : &hasher->first) = job;
		if (over && write(hasher->wake, &one, sizeof(one)) < 0)
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
	pthread_mutex_init(&hasher->lock, NULL);
	pthread_cond_init(&hasher->more, NULL);
	if (pthread_create(&hasher->thread, NULL, work, hasher) != 0) {
		free(hasher);
		return NULL;
	}
	return hasher;
}

/* With the lock. A comparison of the same file that was left alone is gone on with where it is. */
static void take_over(struct hasher *hasher, struct hash_job *job)
{
	for (struct hash_job *other = hasher->first; other != NULL; other = other->next) {
		if (!other->alone || other->dropped || !other->compares || !job->compares ||
		    !hash_same_file(&other->identity, &job->identity) ||
		    !hash_same_file(&other->compared.image, &job->compared.image))
			continue;
		job->at = other->at;
		job->begun = other->begun;
		job->settled = other->settled;
		job->resumed = true;
		other->dropped = true;
	}
}

bool hasher_put(struct hasher *hasher, struct hash_job *job)
{
	struct share *share = share_of(hasher, job);
	bool taken = false;

	if (!job->compares && job->identity.size > HASHER_LIMIT)
		return false;
	pthread_mutex_lock(&hasher->lock);
	if (hasher->jobs < HASHER_JOBS && share->jobs < HASHER_SHARE) {
		struct hash_job **last = &hasher->first;

		while (*last != NULL)
			last = &(*last)->next;
		take_over(hasher, job);
		job->next = NULL;
		*last = job;
		hasher->jobs++;
		share->jobs++;
		taken = true;
		pthread_cond_signal(&hasher->more);
	}
	pthread_mutex_unlock(&hasher->lock);
	return taken;
}

void hasher_leave_alone(struct hasher *hasher, struct hash_job *job)
{
	struct share *share = share_of(hasher, job);

	pthread_mutex_lock(&hasher->lock);
	if (hasher->alone < HASHER_ALONE && share->alone < HASHER_ALONE_SHARE) {
		hasher->alone++;
		share->alone++;
		job->alone = true;
	} else {
		job->dropped = true;
		pthread_cond_signal(&hasher->more);
	}
	pthread_mutex_unlock(&hasher->lock);
}

struct hash_job *hasher_take(struct hasher *hasher)
{
	struct hash_job *job;

	pthread_mutex_lock(&hasher->lock);
	job = hasher->done;
	if (job != NULL) {
		hasher->done = job->next;
		hasher->jobs--;
		hasher->alone -= job->alone;
		share_of(hasher, job)->jobs--;
		share_of(hasher, job)->alone -= job->alone;
	}
	pthread_mutex_unlock(&hasher->lock);
	if (job != NULL && job->compared.known)
		*job->copy = job->compared;
	if (job != NULL && job->found.known) {
		struct hashed *known = place_of(hasher, &job->identity);

		*job->digest = job->found;
		if (job->found.lasting)
			*known = (struct hashed){ job->identity, job->found };
	}
	return job;
}

bool hasher_knows(struct hasher *hasher, const struct wire_file *file, struct guard_digest *digest)
{
	const struct hashed *known = place_of(hasher, file);

	if (!known->digest.known || !hash_same_file(&known->file, file))
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
	for (struct hash_job *job = hasher->first; job != NULL; job = job->next)
		hash_job_end(job);
	pthread_cond_destroy(&hasher->more);
	pthread_mutex_destroy(&hasher->lock);
	free(hasher);
}
