#include "engine-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard/digest.h"
#include "guard/marked.h"
#include "guard/process.h"

#define MOST_BYTES (16u << 20)

static const char *const places[] = {
	"/usr/bin/docker-init",     "/usr/libexec/docker/docker-init",
	"/usr/libexec/docker-init", "/usr/local/bin/docker-init",
	"/usr/bin/tini-static",
};

/* Of each place what lay there last. */
static struct engine_file {
	struct wire_file file;
	uint8_t sha256[32];
} known[sizeof(places) / sizeof(places[0])];

static bool is_same(const struct wire_file *one, const struct wire_file *other)
{
	return one->inode == other->inode && one->device == other->device && one->ctime == other->ctime &&
	       one->size == other->size;
}

static bool hash(int file, uint8_t sha256[32])
{
	uint8_t bytes[65536], md5[16];
	struct digest digest;
	ssize_t got;

	digest_start(&digest);
	while ((got = read(file, bytes, sizeof(bytes))) > 0)
		digest_add(&digest, bytes, (size_t)got);
	digest_end(&digest, sha256, md5);
	return got == 0;
}

/* Looks at the file again; false when there is none that can be told. */
static bool look(int file, struct engine_file *engine_file)
{
	struct wire_file now;
	struct statx status;

	if (statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) != 0 || !S_ISREG(status.stx_mode) ||
	    status.stx_size > MOST_BYTES)
		return false;
	now = (struct wire_file){ .device = PROCESS_DEVICE(&status),
				  .mode = status.stx_mode,
				  .inode = status.stx_ino,
				  .ctime = marked_time(&status.stx_ctime),
				  .size = status.stx_size };
	if (is_same(&engine_file->file, &now))
		return true;
	if (!hash(file, engine_file->sha256))
		return false;
	engine_file->file = now;
	return true;
}

void engine_files_known(struct copies *copies, uint64_t cgroup)
{
	for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
		int file = open(places[at], O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (file < 0)
			continue;
		if (look(file, &known[at]))
			copies_add(copies, cgroup, &known[at].file, known[at].sha256);
		close(file);
	}
}
