#include <stdlib.h>
#include <string.h>

#include "writers.h"

#define SETS 4096
#define WAYS 4

/* Bounded: what was written before is pushed out, of the same container first where it has half of the places. Its writer is
 * then not known. */
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

static struct written *set_of(struct guard_writers *writers, const struct wire_file *file)
{
	uint64_t mix = (file->inode ^ (uint64_t)file->device << 40) * 0x9e3779b97f4a7c15ull >> 32;

	return writers->sets[mix % SETS];
}

static struct written *find(struct guard_writers *writers, const struct wire_file *file)
{
	struct written *set = set_of(writers, file);

	for (int way = 0; way < WAYS; way++)
		if (set[way].inode == file->inode && set[way].device == file->device)
			return &set[way];
	return NULL;
}

/* Place for a new one: that of the oldest, of this container alone where it has half of them. */
static struct written *place_for(struct written *set, uint64_t cgroup)
{
	struct written *oldest = NULL, *own = NULL;
	int owned = 0;

	for (int way = 0; way < WAYS; way++) {
		if (oldest == NULL || set[way].used < oldest->used)
			oldest = &set[way];
		if (set[way].used == 0 || set[way].cgroup != cgroup)
			continue;
		owned++;
		if (own == NULL || set[way].used < own->used)
			own = &set[way];
	}
	return owned >= WAYS / 2 && oldest->used != 0 ? own : oldest;
}

uint64_t writers_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; slash != NULL && path < slash; path++)
		hash = (hash ^ (unsigned char)*path) * 0x100000001b3ull;
	return hash;
}

void writers_note(struct guard_writers *writers, const struct writing *writing)
{
	const struct wire_file *file = writing->file;
	struct written *entry = find(writers, file);
	bool is_new = entry == NULL || file->size == 0;

	if (entry == NULL)
		entry = place_for(set_of(writers, file), writing->cgroup);
	if (is_new)
		*entry = (struct written){ .cgroup = writing->cgroup,
					   .inode = file->inode,
					   .device = file->device,
					   .folder = writers_folder(writing->path) };
	else if (entry->program_inode != writing->program_inode)
		entry->flags |= WRITTEN_BY_SEVERAL;
	/* What is in it already was written by somebody else, perhaps. */
	if (is_new && file->size != 0)
		entry->flags |= WRITTEN_BY_SEVERAL;
	entry->flags |= writing->flags;
	entry->used = ++writers->clock;
	entry->program_inode = writing->program_inode;
	strncpy(entry->program, writing->program, sizeof(entry->program) - 1);
	entry->program[sizeof(entry->program) - 1] = '\0';
}

const struct written *writers_of(struct guard_writers *writers, const struct wire_file *file)
{
	return find(writers, file);
}
