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

#define URGENT (-10)      /* behind whoever answers, before all others: somebody waits for it */
#define KNOWN_MAX 2048    /* a power of two */
#define TICK_NS 20000000u /* of the slowest clock, with room */
#define PIECE 65536
#define PIECES 16 /* until others get their turn */
#define BUCKETS 256
#define RECENT 16

struct known {
	struct wire_file file;
	struct guard_digest digest;
};

struct compared {
	struct wire_file file;
	struct guard_copy copy;
};

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
	struct known known[KNOWN_MAX]; /* the taker's only */
	/* The worker's only: the same file asked for many times at once is read once. */
	struct known last_file;
	struct compared recent[RECENT];
	unsigned recent_next;
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

static uint64_t real_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static struct share *share_of(struct hasher *hasher, const struct hash_job *job)
{
	return &hasher->shares[job->cgroup * 0x9e3779b97f4a7c15ull >> 56];
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

static void end_digest(struct hasher *hasher, struct hash_job *job)
{
	enum held_change change;

	if (!unchanged(job, &change))
		return;
	digest_end(&job->sum, job->found.sha256, job->found.md5);
	job->found.known = 1;
	job->found.lasting = job->settled && change == HELD_STILL;
	if (job->found.lasting)
		hasher->last_file = (struct known){ job->identity, job->found };
}

static void end_comparing(struct hasher *hasher, struct hash_job *job, bool same)
{
	enum held_change change;

	if (!unchanged(job, &change))
		return;
	job->compared.known = 1;
	job->compared.same = same;
	job->compared.lasting = job->settled && change == HELD_STILL;
	if (job->compared.lasting)
		hasher->recent[hasher->recent_next++ % RECENT] = (struct compared){ job->identity, job->compared };
}

/* Reads on for a while. True when the job is over. */
static bool read_on(struct hasher *hasher, struct hash_job *job)
{
	uint8_t bytes[PIECE], other[PIECE];

	for (int piece = 0; piece < PIECES; piece++) {
		ssize_t got = read_piece(job->file, bytes, job->at);

		if (got < 0 || job->at > job->identity.size || __atomic_load_n(&hasher->stop, __ATOMIC_RELAXED))
			return true;
		if (job->compares) {
			ssize_t there = read_piece(job->image_file, other, job->at);
			bool same = there == got && memcmp(bytes, other, (size_t)got) == 0;

			if (there >= 0 && (!same || got < PIECE))
				end_comparing(hasher, job, same);
			if (!same || got < PIECE)
				return true;
		} else {
			digest_add(&job->sum, bytes, (size_t)got);
			if (got < PIECE) {
				end_digest(hasher, job);
				return true;
			}
		}
		job->at += (uint64_t)got;
	}
	return false;
}

/* True when the same was found out just now. */
static bool is_known_already(const struct hasher *hasher, struct hash_job *job)
{
	enum held_change change;

	if (!job->compares && hasher->last_file.digest.known && same_file(&hasher->last_file.file, &job->identity) &&
	    unchanged(job, &change)) {
		job->found = hasher->last_file.digest;
		return true;
	}
	for (int at = 0; job->compares && at < RECENT; at++) {
		const struct compared *recent = &hasher->recent[at];

		if (recent->copy.known && same_file(&recent->file, &job->identity) &&
		    same_file(&recent->copy.image, &job->compared.image) && unchanged(job, &change)) {
			job->compared = recent->copy;
			return true;
		}
	}
	return false;
}

static bool work_on(struct hasher *hasher, struct hash_job *job)
{
	if (!job->begun) {
		uint64_t now = real_now();

		/* Before Linux 6.13 a file that changes twice within a tick of the clock keeps its time. When it lies ahead, the
		 * clock was set back, and may show it again. */
		job->settled = now >= job->identity.ctime + TICK_NS;
		job->begun = true;
		digest_start(&job->sum);
		if (is_known_already(hasher, job))
			return true;
	}
	return read_on(hasher, job);
}

/* Whether a job waits until the tick of its file's last change is over. */
static bool waits(const struct hash_job *job, uint64_t now)
{
	return !job->begun && now >= job->identity.ctime && now < job->identity.ctime + TICK_NS;
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
	uint64_t now = real_now();

	*until = 0;
	for (struct hash_job **at = &hasher->first; *at != NULL; at = &(*at)->next) {
		if ((*at)->dropped)
			return at;
		if (waits(*at, now)) {
			if (*until == 0 || (*at)->identity.ctime + TICK_NS < *until)
				*until = (*at)->identity.ctime + TICK_NS;
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
		over = over || work_on(hasher, job);
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
