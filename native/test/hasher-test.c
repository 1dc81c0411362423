/* The hasher beside whoever takes from it: digests are right, and nobody sees one before it is taken. Built with the
 * thread sanitizer. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../sensor/guard/digest.h"
#include "../sensor/guard/held-call.h"
#include "../sensor/guard/hasher.h"
#include "expect.h"

#define JOBS 32
#define BYTES (1 << 20)

/* The kernel's word of these files. */
static enum held_change change = HELD_STILL;

enum held_change held_file_change(int file)
{
	(void)file;
	return __atomic_load_n(&change, __ATOMIC_RELAXED);
}

static char content[BYTES];
static uint8_t expected[32];

static void identify(int file, struct wire_file *identity)
{
	struct stat about;

	EXPECT(fstat(file, &about) == 0);
	*identity = (struct wire_file){
		.inode = about.st_ino,
		.size = about.st_size,
		.ctime = (uint64_t)about.st_ctim.tv_sec * 1000000000u + about.st_ctim.tv_nsec,
	};
}

static int file_of(size_t size, struct wire_file *identity)
{
	int file = memfd_create("content", MFD_CLOEXEC);

	EXPECT(write(file, content, size) == (ssize_t)size);
	identify(file, identity);
	return file;
}

/* Looks at the digests all the while, as the guard does of an opener whose time is over. */
static void hashed(struct hasher *hasher, int wake)
{
	static struct guard_digest digests[JOBS];
	static struct hash_job jobs[JOBS];
	int i, taken = 0, known = 0, file;
	struct wire_file identity;
	struct hash_job *job;
	uint64_t woken;

	file = file_of(BYTES, &identity);
	for (i = 0; i < JOBS; i++) {
		jobs[i] = (struct hash_job){ .file = file, .identity = identity, .digest = &digests[i] };
		EXPECT(hasher_put(hasher, &jobs[i]));
	}
	while (taken < JOBS) {
		struct pollfd ready = { wake, POLLIN, 0 };

		for (i = 0; i < JOBS; i++)
			known += digests[i].known;
		EXPECT(known == 0 || taken > 0);
		poll(&ready, 1, 1);
		if (ready.revents)
			EXPECT(read(wake, &woken, sizeof(woken)) == sizeof(woken));
		while ((job = hasher_take(hasher))) {
			EXPECT(job->digest->known && !memcmp(job->digest->sha256, expected, sizeof(expected)));
			taken++;
		}
	}
	for (i = 0; i < JOBS; i++)
		EXPECT(digests[i].known);
	EXPECT(hasher_knows(hasher, &identity, &digests[0]));
	close(file);
}

/* Has one file hashed; false when its digest is not known afterwards. */
static bool hash_one(struct hasher *hasher, int wake, struct hash_job *job)
{
	struct hash_job *done = NULL;
	uint64_t woken;

	memset(job->digest, 0, sizeof(*job->digest));
	job->found = (struct guard_digest){};
	EXPECT(hasher_put(hasher, job));
	while (!done) {
		struct pollfd ready = { wake, POLLIN, 0 };

		poll(&ready, 1, -1);
		EXPECT(read(wake, &woken, sizeof(woken)) == sizeof(woken));
		done = hasher_take(hasher);
	}
	EXPECT(done == job);
	return job->digest->known;
}

/* Jobs that are not done leave their digest unknown. */
static void changed(struct hasher *hasher, int wake)
{
	struct guard_digest digest = {};
	struct hash_job job = { .digest = &digest };

	job.file = file_of(BYTES, &job.identity);
	job.identity.ctime++;
	EXPECT(!hash_one(hasher, wake, &job) && !hasher_knows(hasher, &job.identity, &digest));
	job.identity.ctime--;
	change = HELD_WRITTEN;
	EXPECT(!hash_one(hasher, wake, &job) && !hasher_knows(hasher, &job.identity, &digest));
	change = HELD_STILL;
	job.identity.size = HASHER_LIMIT + 1;
	EXPECT(!hasher_put(hasher, &job));
	close(job.file);
}

/* Where a change leaves the times as they are, a file is hashed each time. */
static void silent(struct hasher *hasher, int wake)
{
	struct guard_digest digest = {};
	struct hash_job job = { .digest = &digest };
	char *at;

	job.file = file_of(BYTES, &job.identity);
	change = HELD_SILENT;
	at = mmap(NULL, sizeof(content), PROT_READ | PROT_WRITE, MAP_SHARED, job.file, 0);
	EXPECT(at != MAP_FAILED && *(volatile char *)at == 'c');
	EXPECT(hash_one(hasher, wake, &job) && !digest.lasting && !memcmp(digest.sha256, expected, sizeof(expected)));
	EXPECT(!hasher_knows(hasher, &job.identity, &digest));
	*at = 'd';
	EXPECT(hash_one(hasher, wake, &job) && memcmp(digest.sha256, expected, sizeof(expected)));
	munmap(at, sizeof(content));
	change = HELD_STILL;
	close(job.file);
}

static uint64_t real_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A digest is not lasting before the next tick of the clock. */
static void fresh(struct hasher *hasher, int wake)
{
	struct guard_digest digest = {};
	struct hash_job job = { .digest = &digest };

	job.file = file_of(1, &job.identity); /* hashed within the tick */
	EXPECT(hash_one(hasher, wake, &job) && digest.lasting);
	EXPECT(real_now() >= job.identity.ctime + 20000000);
	EXPECT(hasher_knows(hasher, &job.identity, &digest));
	close(job.file);
}

/* Has a copy compared with the image's file; what came of it. */
static struct guard_copy compare(struct hasher *hasher, int wake, struct hash_job *job)
{
	static struct guard_copy copy;
	struct hash_job *done = NULL;
	uint64_t woken;

	copy = (struct guard_copy){};
	job->copy = &copy;
	job->compares = true;
	job->compared = (struct guard_copy){ .image = { .inode = 1 } };
	job->begun = false;
	job->at = 0;
	EXPECT(hasher_put(hasher, job));
	while (!done) {
		struct pollfd ready = { wake, POLLIN, 0 };

		poll(&ready, 1, -1);
		EXPECT(read(wake, &woken, sizeof(woken)) == sizeof(woken));
		done = hasher_take(hasher);
	}
	return copy;
}

static void compared(struct hasher *hasher, int wake)
{
	static const struct {
		size_t size, at; /* which byte differs; behind the end: none */
		uint64_t less;   /* bytes that the image's file is shorter by */
		bool same;
	} cases[] = {
		{ BYTES, BYTES, 0, true },  { BYTES, 0, 0, false },     { BYTES, BYTES - 1, 0, false },
		{ BYTES, 65535, 0, false }, { BYTES, 65536, 0, false }, { 65536, 65536, 0, true },
		{ 65535, 65535, 0, true },  { 1, 1, 0, true },          { 1, 0, 0, false },
		{ BYTES, BYTES, 1, false }, { 65537, 65537, 1, false },
	};
	struct wire_file unused;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct hash_job job = {};
		struct guard_copy copy;

		job.file = file_of(cases[i].size, &job.identity);
		job.image_file = file_of(cases[i].size - cases[i].less, &unused);
		if (cases[i].at < cases[i].size)
			EXPECT(pwrite(job.image_file, "x", 1, (off_t)cases[i].at) == 1);
		copy = compare(hasher, wake, &job);
		EXPECT(copy.known && copy.same == cases[i].same && copy.lasting && copy.image.inode == 1);
		change = HELD_SILENT;
		job.identity.inode++; /* one that was not compared just now */
		copy = compare(hasher, wake, &job);
		EXPECT(copy.known && copy.same == cases[i].same && !copy.lasting);
		change = HELD_WRITTEN;
		EXPECT(!compare(hasher, wake, &job).known);
		change = HELD_STILL;
		job.identity.ctime++;
		EXPECT(!compare(hasher, wake, &job).known);
		close(job.file);
		close(job.image_file);
	}
}

/* Whoever could write when the reading began may have written behind its back until they let go. `turns`: before that. */
static void mapped(bool compares, int turns)
{
	static struct hash_memory memory;
	struct hash_job job = { .compares = compares };
	struct wire_file unused;
	bool over = false, stop = false;
	char *at;

	job.file = file_of(BYTES, &job.identity);
	job.image_file = file_of(BYTES, &unused);
	EXPECT(ftruncate(job.file, 4 * BYTES) == 0 && ftruncate(job.image_file, 4 * BYTES) == 0);
	at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, job.file, 0);
	EXPECT(at != MAP_FAILED);
	*at = 'c';
	identify(job.file, &job.identity);
	for (; turns > 0; turns--)
		EXPECT(!hash_job_go_on(&memory, &job, &stop));
	change = HELD_WRITTEN;
	over = hash_job_go_on(&memory, &job, &stop);
	*at = 'd';
	munmap(at, BYTES);
	change = HELD_STILL;
	while (!over)
		over = hash_job_go_on(&memory, &job, &stop);
	EXPECT(!job.found.known && !job.compared.known);
	hash_job_end(&job);
	close(job.file);
	close(job.image_file);
}

/* One container's many large files do not keep another's small one waiting; what nobody waits for comes last. */
static void shared(struct hasher *hasher, int wake)
{
	static struct hash_job jobs[HASHER_SHARE + 2];
	static struct guard_copy copies[HASHER_SHARE + 2];
	int i, taken = 0, before = -1, more = 0;
	struct wire_file identity, unused;
	int large = memfd_create("large", MFD_CLOEXEC), other = memfd_create("large", MFD_CLOEXEC);
	int small = file_of(100, &unused), small_other = file_of(100, &unused);
	struct stat about;

	EXPECT(ftruncate(large, 32 << 20) == 0 && ftruncate(other, 32 << 20) == 0 && fstat(large, &about) == 0);
	for (i = 0; i < HASHER_SHARE + 2; i++) {
		bool last = i > HASHER_SHARE;

		EXPECT(fstat(last ? small : large, &about) == 0);
		identity = (struct wire_file){ .inode = (uint64_t)i + 10, .size = (uint64_t)about.st_size };
		identity.ctime = (uint64_t)about.st_ctim.tv_sec * 1000000000u + about.st_ctim.tv_nsec;
		jobs[i] = (struct hash_job){ .file = last ? small : large,
					     .image_file = last ? small_other : other,
					     .identity = identity,
					     .cgroup = last ? 2 : 1,
					     .compares = true,
					     .copy = &copies[i] };
		EXPECT(hasher_put(hasher, &jobs[i]) == (i != HASHER_SHARE)); /* no more for this one */
	}
	for (i = 0; i < 8; i++)
		hasher_leave_alone(hasher, &jobs[i]);
	while (taken < HASHER_SHARE + 1) {
		struct pollfd ready = { wake, POLLIN, 0 };
		struct hash_job *job;
		uint64_t woken;

		poll(&ready, 1, -1);
		EXPECT(read(wake, &woken, sizeof(woken)) == sizeof(woken));
		while ((job = hasher_take(hasher))) {
			if (job == &jobs[HASHER_SHARE + 1])
				before = taken;
			if (job < jobs + 8 && job->copy->known) {
				EXPECT(taken >= HASHER_SHARE - HASHER_ALONE_SHARE);
				more++;
			}
			taken++;
		}
	}
	EXPECT(before >= 0 && before < HASHER_SHARE / 2);
	EXPECT(copies[HASHER_SHARE + 1].same && copies[HASHER_SHARE - 1].same);
	EXPECT(more == HASHER_ALONE_SHARE); /* the others were given up */
	close(large);
	close(other);
	close(small);
	close(small_other);
}

int main(void)
{
	int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct hasher *hasher = hasher_open(wake);
	struct digest digest;
	uint8_t md5[16];

	EXPECT(hasher != NULL);
	memset(content, 'c', sizeof(content));
	digest_start(&digest);
	digest_add(&digest, content, sizeof(content));
	digest_end(&digest, expected, md5);
	hashed(hasher, wake);
	changed(hasher, wake);
	silent(hasher, wake);
	fresh(hasher, wake);
	compared(hasher, wake);
	for (int turns = 0; turns < 3; turns++) {
		mapped(true, turns);
		mapped(false, turns);
	}
	shared(hasher, wake);
	hasher_close(hasher);
	puts("digests are seen once they are taken");
	return 0;
}
