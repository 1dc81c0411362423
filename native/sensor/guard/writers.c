#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "writers.h"

#define SETS 512
#define WAYS 4
#define PROGRAM_SIZE 128

/* Bounded: who writes more files than this pushes out what was written before, and its writer is then not known. */
struct written {
	uint64_t inode;
	uint32_t device;
	uint32_t used; /* the smaller, the longer ago */
	uint64_t program_inode;
	char program[PROGRAM_SIZE];
};

struct guard_writers {
	uint32_t clock;
	struct written sets[SETS][WAYS];
};

struct guard_writers *writers_open(void)
{
	return calloc(1, sizeof(struct guard_writers));
}

void writers_close(struct guard_writers *writers)
{
	free(writers);
}

static uint64_t mix(const struct statx *file)
{
	return (file->stx_ino ^ (uint64_t)PROCESS_DEVICE(file) << 40) * 0x9e3779b97f4a7c15ull >> 32;
}

static struct written *find(struct guard_writers *writers, const struct statx *file)
{
	struct written *set = writers->sets[mix(file) % SETS];

	for (int way = 0; way < WAYS; way++)
		if (set[way].inode == file->stx_ino && set[way].device == PROCESS_DEVICE(file))
			return &set[way];
	return NULL;
}

void writers_note(struct guard_writers *writers, const struct statx *file, const char *program, uint64_t program_inode)
{
	struct written *entry = find(writers, file);
	struct written *set = writers->sets[mix(file) % SETS];

	if (entry == NULL) {
		entry = set;
		for (int way = 1; way < WAYS; way++)
			if (set[way].used < entry->used)
				entry = &set[way];
	}
	entry->inode = file->stx_ino;
	entry->device = PROCESS_DEVICE(file);
	entry->used = ++writers->clock;
	entry->program_inode = program_inode;
	strncpy(entry->program, program, PROGRAM_SIZE - 1);
	entry->program[PROGRAM_SIZE - 1] = '\0';
}

const char *writers_of(struct guard_writers *writers, const struct statx *file, uint64_t *program_inode)
{
	struct written *entry = find(writers, file);

	*program_inode = 0;
	if (entry == NULL)
		return "";
	*program_inode = entry->program_inode;
	return entry->program;
}
