#include <string.h>

#include "assigned.h"
#include "log.h"

/* How many others are looked at for the place of one that is gone. */
#define ASSIGNED_TRIES 64

bool containers_there(const struct containers *containers, const char *id)
{
	const struct container *container;
	bool has = false;
	int i;

	for (i = 0; i < CONTAINER_BUCKETS; i++)
		for (container = containers->buckets[i]; container; container = container->next)
			has |= !container->gone && !memcmp(container->value.id, id, WIRE_ID);
	return has;
}

struct assigned *assigned_find(struct containers *containers, const char *id)
{
	uint32_t i;

	for (i = 0; i < containers->assigned_count; i++)
		if (!memcmp(containers->assigned[i].said.id, id, WIRE_ID))
			return &containers->assigned[i];
	return NULL;
}

/* A free place, else that of the one that was assigned first among those that are not there; NULL when all that were looked
 * at are. Whoever starts many containers takes no policy from one that runs, and keeps nobody who waits for the lock. */
static struct assigned *place_to_assign(struct containers *containers)
{
	uint32_t tries;

	if (containers->assigned_count < MAX_ASSIGNED)
		return &containers->assigned[containers->assigned_count++];
	for (tries = 0; tries < ASSIGNED_TRIES; tries++) {
		struct assigned *place = &containers->assigned[containers->assigned_next];

		containers->assigned_next = (containers->assigned_next + 1) % MAX_ASSIGNED;
		if (!containers_there(containers, place->said.id))
			return place;
	}
	return NULL;
}

void assigned_note(struct containers *containers, const struct wire_assign *assign)
{
	struct assigned *place = assigned_find(containers, assign->id);

	if (place && place->kept)
		return;
	if (!place)
		place = place_to_assign(containers);
	if (place)
		*place = (struct assigned){ .said = *assign };
	else if (!containers->assigned_refused++)
		log_line("container %.12s keeps its image's policy: %d that run have their own", assign->id,
			 MAX_ASSIGNED);
}

void assigned_keep(struct containers *containers, const char *id)
{
	struct assigned *assigned = assigned_find(containers, id);

	if (assigned)
		assigned->kept = true;
}
