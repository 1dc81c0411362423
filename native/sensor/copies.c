#include "copies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "log.h"
#include "map-put.h"

#define FIRST_ROOM 16

static struct copy_key key_of(uint64_t cgroup, const struct wire_file *file)
{
	return (struct copy_key){
		.cgroup = cgroup,
		.inode = file->inode,
		.ctime = file->ctime,
		.size = file->size,
		.device = file->device,
	};
}

static struct copies_of **place_of(struct copies *copies, uint64_t cgroup)
{
	struct copies_of **at = &copies->buckets[(cgroup * 0x9e3779b97f4a7c15ULL) >> 56];

	while (*at && (*at)->cgroup != cgroup)
		at = &(*at)->next;
	return at;
}

static struct copies_of *of(struct copies *copies, uint64_t cgroup)
{
	struct copies_of **at = place_of(copies, cgroup);

	if (!*at && (*at = calloc(1, sizeof(**at))))
		(*at)->cgroup = cgroup;
	return *at;
}

static struct copy *at(const struct copies_of *own, uint32_t index)
{
	return &own->list[(own->first + index) % own->room];
}

/* Doubles the room, and lays the copies out from its beginning. */
static bool grow(struct copies_of *own)
{
	uint32_t room = own->room ? own->room * 2 : FIRST_ROOM, i;
	struct copy *list = malloc(room * sizeof(*list));

	if (!list)
		return false;
	for (i = 0; i < own->count; i++)
		list[i] = *at(own, i);
	free(own->list);
	own->list = list;
	own->room = room;
	own->first = 0;
	return true;
}

static bool note(struct copies_of *own, const struct copy *copy)
{
	if (own->count == own->room && !grow(own))
		return false;
	own->count++;
	*at(own, own->count - 1) = *copy;
	return true;
}

static bool take_out_oldest(struct copies *copies, struct copies_of *own)
{
	if (!own->count)
		return false;
	bpf_map_delete_elem(copies->kernel->known_copies, &at(own, 0)->key);
	own->first = (own->first + 1) % own->room;
	own->count--;
	return true;
}

static bool add(struct copies *copies, const struct copy *copy)
{
	struct copies_of *own = of(copies, copy->key.cgroup);
	int map = copies->kernel->known_copies;
	bool added;

	if (!own)
		return false;
	if (own->count >= COPIES_OF_ONE)
		take_out_oldest(copies, own);
	added = !bpf_map_update_elem(map, &copy->key, &copy->value, BPF_ANY);
	if (!added && errno == E2BIG)
		take_out_oldest(copies, own);
	if (!added)
		added = !map_put(map, &copy->key, &copy->value, BPF_ANY);
	if (!added)
		return false;
	if (note(own, copy))
		return true;
	bpf_map_delete_elem(map, &copy->key);
	return false;
}

static bool take_in(struct copies *copies, const struct copy *copy)
{
	struct copy_value before;
	bool added;

	pthread_mutex_lock(&copies->lock);
	added = !bpf_map_lookup_elem(copies->kernel->known_copies, &copy->key, &before) || add(copies, copy);
	if (!added && !copies->reported_full)
		log_line("there is no room for more known copies: %u are known", MAX_COPIES);
	copies->reported_full |= !added;
	pthread_mutex_unlock(&copies->lock);
	return added;
}

bool copies_add(struct copies *copies, uint64_t cgroup, const struct wire_file *file, const uint8_t *sha256)
{
	struct copy copy = { .key = key_of(cgroup, file) };

	memcpy(copy.value.sha256, sha256, sizeof(copy.value.sha256));
	return take_in(copies, &copy);
}

bool copies_add_image(struct copies *copies, uint64_t cgroup, const struct wire_file *file,
		      const struct wire_file *image)
{
	const struct copy copy = { .key = key_of(cgroup, file), .value = { .image = *image } };

	return take_in(copies, &copy);
}

bool copies_image(struct copies *copies, uint64_t cgroup, const struct wire_file *file, struct wire_file *image)
{
	struct copy_key key = key_of(cgroup, file);
	struct copy_value value;

	if (bpf_map_lookup_elem(copies->kernel->known_copies, &key, &value) || value.image.inode == 0)
		return false;
	*image = value.image;
	return true;
}

bool copies_digest(struct copies *copies, uint64_t cgroup, const struct wire_file *file, struct guard_digest *digest)
{
	static const uint8_t unknown[sizeof(digest->sha256)];
	struct copy_key key = key_of(cgroup, file);
	struct copy_value value;

	if (bpf_map_lookup_elem(copies->kernel->known_copies, &key, &value) || value.image.inode != 0)
		return false;
	if (!memcmp(value.sha256, unknown, sizeof(unknown)))
		return false; /* taken in by its folder */
	memcpy(digest->sha256, value.sha256, sizeof(digest->sha256));
	digest->lasting = 1;
	return true;
}

bool copies_ticket(struct copies *copies, uint32_t thread, const struct wire_file *file, const struct wire_file *image)
{
	struct ticket ticket = {
		.time = boot_now(),
		.inode = file->inode,
		.ctime = file->ctime,
		.size = file->size,
		.device = file->device,
	};

	if (image)
		ticket.image = *image;
	return !map_put(copies->kernel->tickets, &thread, &ticket, BPF_ANY);
}

void copies_leave(struct copies *copies, uint64_t cgroup)
{
	struct copies_of **place, *own;

	pthread_mutex_lock(&copies->lock);
	place = place_of(copies, cgroup);
	own = *place;
	if (own) {
		while (take_out_oldest(copies, own))
			;
		*place = own->next;
		free(own->list);
		free(own);
	}
	pthread_mutex_unlock(&copies->lock);
}

uint32_t copies_containers(struct copies *copies, uint64_t *cgroups, uint32_t room)
{
	const struct copies_of *own;
	uint32_t count = 0;
	int i;

	pthread_mutex_lock(&copies->lock);
	copies->reported_full = false;
	for (i = 0; i < COPIES_BUCKETS; i++)
		for (own = copies->buckets[i]; own && count < room; own = own->next)
			cgroups[count++] = own->cgroup;
	pthread_mutex_unlock(&copies->lock);
	return count;
}

void copies_review(struct copies *copies, uint64_t cgroup, bool (*allows)(const void *context, const uint8_t *sha256),
		   const void *context)
{
	uint32_t i, kept = 0;
	struct copies_of *own;

	pthread_mutex_lock(&copies->lock);
	own = *place_of(copies, cgroup);
	for (i = 0; own && i < own->count; i++) {
		struct copy copy = *at(own, i);

		if (copy.value.image.inode != 0 || allows(context, copy.value.sha256))
			*at(own, kept++) = copy;
		else
			bpf_map_delete_elem(copies->kernel->known_copies, &copy.key);
	}
	if (own)
		own->count = kept;
	pthread_mutex_unlock(&copies->lock);
}

void copies_tick(struct copies *copies)
{
	int map = copies->kernel->tickets;
	uint32_t thread, next;
	int more = bpf_map_get_next_key(map, NULL, &thread);
	uint64_t now = boot_now();

	while (!more) {
		struct ticket ticket;

		more = bpf_map_get_next_key(map, &thread, &next);
		if (!bpf_map_lookup_elem(map, &thread, &ticket) && now - ticket.time > TICKET_NS)
			bpf_map_delete_elem(map, &thread);
		thread = next;
	}
}

void copies_open(struct copies *copies, struct kernel *kernel)
{
	struct copy copy;
	struct copy_key *last = NULL;

	memset(copies, 0, sizeof(*copies));
	pthread_mutex_init(&copies->lock, NULL);
	copies->kernel = kernel;
	while (!bpf_map_get_next_key(kernel->known_copies, last, &copy.key)) {
		struct copies_of *own = of(copies, copy.key.cgroup);

		last = &copy.key;
		if (own && !bpf_map_lookup_elem(kernel->known_copies, &copy.key, &copy.value))
			note(own, &copy);
	}
}
