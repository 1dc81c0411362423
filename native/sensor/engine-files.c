#include "engine-files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard/digest.h"
#include "guard/marked.h"
#include "guard/mountinfo.h"
#include "guard/process.h"

#define MOST_BYTES (16u << 20)

static const char *const places[] = {
	"/usr/bin/docker-init",     "/usr/libexec/docker/docker-init",
	"/usr/libexec/docker-init", "/usr/local/bin/docker-init",
	"/usr/bin/tini-static",
};

#define PLACES (sizeof(places) / sizeof(places[0]))

/* Of each place what lay there last. */
static struct engine_file {
	struct wire_file file;
	uint8_t sha256[32];
} known[PLACES];

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

/* Device of the file system as the kernel's programs see it: statx tells another on an overlay and on btrfs. */
static bool device_of(uint64_t mount, uint32_t *device)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct mountinfo found;
	char *line;
	bool is_found;

	if (!file)
		return false;
	is_found = mountinfo_find(file, mount, &line, &found);
	*device = is_found ? found.device : 0;
	free(line);
	fclose(file);
	return is_found;
}

/* Looks at the file again; false when there is none that can be told. */
static bool look(int file, struct engine_file *engine_file)
{
	struct wire_file now;
	struct statx status;
	uint32_t device;

	if (statx(file, "", AT_EMPTY_PATH, PROCESS_STATX, &status) != 0 || !S_ISREG(status.stx_mode) ||
	    status.stx_size > MOST_BYTES || !device_of(status.stx_mnt_id, &device))
		return false;
	now = (struct wire_file){ .device = device,
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

/* Opens what lies there and looks at it again; false when there is nothing that can be told. */
static bool look_again(size_t at)
{
	int file = open(places[at], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is_known = file >= 0 && look(file, &known[at]);

	if (file >= 0)
		close(file);
	return is_known;
}

void engine_files_open(void)
{
	for (size_t at = 0; at < PLACES; at++)
		look_again(at);
}

void engine_files_known(struct copies *copies, uint64_t cgroup)
{
	for (size_t at = 0; at < PLACES; at++)
		if (look_again(at))
			copies_add(copies, cgroup, &known[at].file, known[at].sha256);
}
