/* Who wrote a file: what is known of the programs that did. */
#ifndef SEAWALL_GUARD_WRITERS_H
#define SEAWALL_GUARD_WRITERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../../include/wire.h"

struct guard_writers;

enum written_flag {
	WRITTEN_BY_SEVERAL = 1 << 0, /* different programs, since it was empty */
	WRITTEN_OUTSIDE = 1 << 1,    /* one of them in a session from outside: docker exec */
	WRITTEN_FOREIGN = 1 << 2,    /* one of them was not the image's */
};

/* A note of one writing. */
struct writing {
	uint64_t cgroup;
	const struct wire_file *file; /* as the programs in the kernel know it: by the layer that it lies in */
	const char *path;             /* of the file, in the container */
	const char *program;          /* of the program that writes */
	uint64_t program_inode;
	uint32_t flags; /* written_flag, without WRITTEN_BY_SEVERAL */
};

struct written {
	uint64_t cgroup;
	uint64_t inode;
	uint32_t device;
	uint32_t used;          /* the smaller, the longer ago */
	uint64_t folder;        /* hash of the folder in which it was when it was written first */
	uint64_t program_inode; /* of who wrote last */
	uint32_t flags;         /* written_flag */
	char program[108];
};

struct guard_writers *writers_open(void);
void writers_close(struct guard_writers *writers);
void writers_note(struct guard_writers *writers, const struct writing *writing);
/* NULL when it is not known; good until the next note. */
const struct written *writers_of(struct guard_writers *writers, const struct wire_file *file);
/* Hash of the folder of a path. */
uint64_t writers_folder(const char *path);

#endif
