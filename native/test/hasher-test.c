/* The hasher beside whoever takes from it: digests are right, and nobody sees one before it is taken. Built with the
 * thread sanitizer. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../sensor/guard/digest.h"
#include "../sensor/guard/held-call.h"
#include "../sensor/guard/hasher.h"
#include "expect.h"

#define JOBS 32
#define BYTES (1 << 20)

/* The kernel's word: nobody writes to these files. */
bool held_file_written(int file)
{
	(void)file;
	return false;
}

static char content[BYTES];
static uint8_t expected[32];

static int file_of_content(struct wire_file *identity)
{
	int file = memfd_create("content", MFD_CLOEXEC);
	struct stat about;

	EXPECT(write(file, content, sizeof(content)) == sizeof(content));
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

	file = file_of_content(&identity);
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

/* Jobs that are not done leave their digest unknown. */
static void changed(struct hasher *hasher, int wake)
{
	struct guard_digest digest = {};
	struct hash_job job = { .digest = &digest }, *done = NULL;
	uint64_t woken;

	job.file = file_of_content(&job.identity);
	job.identity.ctime++;
	EXPECT(hasher_put(hasher, &job));
	while (!done) {
		struct pollfd ready = { wake, POLLIN, 0 };

		poll(&ready, 1, -1);
		EXPECT(read(wake, &woken, sizeof(woken)) == sizeof(woken));
		done = hasher_take(hasher);
	}
	EXPECT(done == &job && !digest.known && !hasher_knows(hasher, &job.identity, &digest));
	job.identity.size = HASHER_LIMIT + 1;
	EXPECT(!hasher_put(hasher, &job));
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
	hasher_close(hasher);
	puts("digests are seen once they are taken");
	return 0;
}
