#include <string.h>

#include "assigned.h"

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

/* A free place, else that of the one that was assigned first among those that are not there: whoever starts many containers
 * takes no policy from one that runs. */
static struct assigned *place_to_assign(struct containers *containers)
{
	struct assigned *place;
	uint32_t tries;

	if (containers->assigned_count < MAX_ASSIGNED)
		return &containers->assigned[containers->assigned_count++];
	for (tries = 0; tries < MAX_ASSIGNED; tries++) {
		place = &containers->assigned[containers->assigned_next];
		containers->assigned_next = (containers->assigned_next + 1) % MAX_ASSIGNED;
		if (!containers_there(containers, place->said.id))
			break;
	}
	return place;
}

void assigned_note(struct containers *containers, const struct wire_assign *assign)
{
	struct assigned *before = assigned_find(containers, assign->id);

	if (before && before->kept)
		return;
	if (!before)
		before = place_to_assign(containers);
	*before = (struct assigned){ .said = *assign };
}

void assigned_keep(struct containers *containers, const char *id)
{
	struct assigned *assigned = assigned_find(containers, id);

	if (assigned)
		assigned->kept = true;
}
