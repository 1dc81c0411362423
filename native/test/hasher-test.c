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

static int file_of(size_t size, struct wire_file *identity)
{
	int file = memfd_create("content", MFD_CLOEXEC);
	struct stat about;

	EXPECT(write(file, content, size) == (ssize_t)size);
	EXPECT(fstat(file, &about) == 0);
	*identity = (struct wire_file){
		.inode = about.st_ino,
		.size = about.st_size,
		.ctime = (uint64_t)about.st_ctim.tv_sec * 1000000000u + about.st_ctim.tv_nsec,
	};
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
	hasher_close(hasher);
	puts("digests are seen once they are taken");
	return 0;
}
