#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "mappings.h"

#define PLACES (4 * MAPPED_FILES) /* a power of two */
#define AT_ONCE 64

static uint32_t hash_of(const struct found_mapping *found)
{
	uint64_t hash = found->file.inode * 0x9e3779b97f4a7c15ULL ^ found->file.device;
	uint32_t i;

	for (i = 0; i < found->length; i++)
		hash = (hash ^ (unsigned char)found->path[i]) * 0x100000001b3ULL;
	return (uint32_t)(hash >> 32);
}

static bool is_same(const struct mapped_file *file, const struct found_mapping *found)
{
	return !memcmp(&file->reported.file, &found->file, sizeof(found->file)) &&
	       file->reported.origin == found->origin && file->length == found->length &&
	       !memcmp(file->path, found->path, found->length);
}

/* Entry of a file; NULL when there are too many different ones. */
static struct mapped_file *entry_of(struct mappings *mappings, const struct found_mapping *found)
{
	uint32_t place = hash_of(found) % PLACES;
	struct mapped_file *file;

	while (mappings->places[place]) {
		file = &mappings->files[mappings->places[place] - 1];
		if (is_same(file, found))
			return file;
		place = (place + 1) % PLACES;
	}
	mappings->end.files++;
	if (mappings->count == MAPPED_FILES)
		return NULL;
	file = &mappings->files[mappings->count++];
	mappings->places[place] = mappings->count;
	file->reported = (struct wire_mapping){
		.cgroup = mappings->end.cgroup,
		.request = mappings->end.request,
		.origin = found->origin,
		.listing = found->listing,
		.allowed = found->allowed,
		.file = found->file,
	};
	file->length = found->length;
	memcpy(file->path, found->path, found->length);
	return file;
}

struct speaker {
	uint32_t process, thread;
};

static void take(struct mappings *mappings, const struct found_mapping *found, struct speaker *last)
{
	struct mapped_file *file;

	/* A process whose first thread has ended is met in several of its threads; one of them speaks. */
	if (found->process == last->process && found->thread != last->thread)
		return;
	if (found->process != last->process)
		mappings->end.processes++;
	*last = (struct speaker){ found->process, found->thread };
	if (found->anonymous) {
		mappings->end.anonymous++;
		return;
	}
	mappings->end.mappings++;
	file = entry_of(mappings, found);
	if (!file)
		return;
	file->reported.mappings++;
	if (file->last_process != found->process)
		file->reported.processes++;
	file->last_process = found->process;
}

static void read_all(struct mappings *mappings, int fd)
{
	struct found_mapping found[AT_ONCE];
	struct speaker last = {};
	size_t held = 0, i;
	ssize_t got;

	while ((got = read(fd, (char *)found + held, sizeof(found) - held)) > 0) {
		held += got;
		for (i = 0; (i + 1) * sizeof(found[0]) <= held; i++)
			if (found[i].length <= PATH_BYTES)
				take(mappings, &found[i], &last);
		memmove(found, (char *)found + i * sizeof(found[0]), held - i * sizeof(found[0]));
		held -= i * sizeof(found[0]);
	}
}

/* From when on each mapping was judged, and what was objected to. */
static void fill_end(struct mappings *mappings, struct kernel *kernel, const struct container_value *container)
{
	uint64_t cgroup = mappings->end.cgroup;
	struct container_counts counts = {};

	mappings->end.policy = container->policy;
	if (kernel->features & (WIRE_FEATURE_CODE_LSM | WIRE_FEATURE_CODE_KILL))
		mappings->end.since = container->born;
	if (!bpf_map_lookup_elem(kernel->counts, &cgroup, &counts)) {
		mappings->end.passed = counts.mappings_passed;
		mappings->end.stopped = counts.mappings_stopped;
		mappings->end.unjudged = counts.mappings_unjudged;
	}
}

void mappings_look(struct mappings *mappings, struct kernel *kernel, struct containers *containers,
		   const struct wire_ask_code *asked)
{
	struct container_value container;
	int fd;

	mappings_drop(mappings);
	mappings->end = (struct wire_mappings_end){ .cgroup = asked->cgroup, .request = asked->request };
	mappings->files = calloc(MAPPED_FILES, sizeof(*mappings->files));
	mappings->places = calloc(PLACES, sizeof(*mappings->places));
	if (!mappings->files || !mappings->places) {
		mappings_drop(mappings);
		return;
	}
	mappings->end.time = boot_now();
	if (!containers_policy(containers, asked->cgroup, &container))
		return;
	kernel->settings->asked = asked->cgroup;
	fd = kernel_iterate(kernel, "mappings_found");
	if (fd >= 0) {
		read_all(mappings, fd);
		close(fd);
		fill_end(mappings, kernel, &container);
	}
	kernel->settings->asked = 0;
}

static void put_mapping(struct mappings *mappings, struct outgoing *out)
{
	const struct mapped_file *file = &mappings->files[mappings->next++];
	uint16_t length = file->length;

	memcpy(mappings->frame, &file->reported, sizeof(file->reported));
	memcpy(mappings->frame + sizeof(file->reported), &length, sizeof(length));
	memcpy(mappings->frame + sizeof(file->reported) + sizeof(length), file->path, length);
	*out = (struct outgoing){ WIRE_MAPPING, sizeof(file->reported) + sizeof(length) + length, mappings->frame };
}

bool mappings_next(struct mappings *mappings, struct outgoing *out)
{
	if (!mappings->files)
		return false;
	if (mappings->next < mappings->count) {
		put_mapping(mappings, out);
		return true;
	}
	memcpy(mappings->frame, &mappings->end, sizeof(mappings->end));
	*out = (struct outgoing){ WIRE_MAPPINGS_END, sizeof(mappings->end), mappings->frame };
	mappings_drop(mappings);
	return true;
}

void mappings_drop(struct mappings *mappings)
{
	free(mappings->files);
	free(mappings->places);
	mappings->files = NULL;
	mappings->places = NULL;
	mappings->count = mappings->next = 0;
}
