#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "arming.h"
#include "assigned.h"
#include "container-report.h"
#include "containers.h"
#include "log.h"
#include "map-put.h"

#define NS_PER_US 1000ULL
#define REMEMBERED_NS (300 * 1000000000ULL) /* after a container is gone */

static struct container **bucket_of(struct containers *containers, uint64_t cgroup)
{
	return &containers->buckets[(cgroup * 0x9e3779b97f4a7c15ULL) >> 54];
}

static struct container *find(struct containers *containers, uint64_t cgroup)
{
	struct container *container = *bucket_of(containers, cgroup);

	while (container && container->cgroup != cgroup)
		container = container->next;
	return container;
}

/* The policy that holds for a container. */
struct choice {
	uint32_t policy;
	bool assigned; /* its own, not that of its image */
};

/* On the server's thread, which alone changes what is assigned, or with the containers' lock. */
static struct choice choose(struct containers *containers, const char *id, const char *image)
{
	const struct assigned *assigned = assigned_find(containers, id);

	/* One that was refused, or is on its way, does not hold: the image's does. */
	if (assigned && policies_hold(containers->policies, assigned->said.policy))
		return (struct choice){ .policy = assigned->said.policy, .assigned = true };
	return (struct choice){ .policy = policies_for_image(containers->policies, image) };
}

/* Writes the container's policy to the kernel. With the containers' lock. */
static void containers_arm(struct containers *containers, struct container *container, struct choice choice)
{
	container->value.assigned = choice.assigned;
	container->value.policy = choice.policy;
	container->value.by_default = !choice.policy;
	container->value.known = CONTAINER_OURS;
	if (map_put(containers->kernel->containers, &container->cgroup, &container->value, BPF_ANY)) {
		container->armed &= ~WIRE_ARMED_KERNEL;
		container->map_error = errno;
		log_line("container %.12s is not armed: %s", container->value.id, strerror(errno));
	} else {
		container->armed |= WIRE_ARMED_KERNEL;
		container->map_error = 0;
	}
	arming_note(containers, container);
}

/* Puts the container into the table; NULL when it is there already. */
static struct container *put(struct containers *containers, uint64_t cgroup, const struct container_value *value)
{
	struct container **bucket = bucket_of(containers, cgroup);
	struct container *container = find(containers, cgroup) ? NULL : calloc(1, sizeof(*container));

	if (!container)
		return NULL;
	container->value = *value;
	container->cgroup = cgroup;
	container->next = *bucket;
	*bucket = container;
	containers->count++;
	return container;
}

bool containers_take_in(struct containers *containers, uint64_t cgroup, const struct container_value *value,
			const struct engine_container *engine)
{
	struct container *container;

	pthread_mutex_lock(&containers->lock);
	container = put(containers, cgroup, value);
	if (container) {
		container->engine = *engine;
		container->value.unjudged = !engine->merged[0];
		containers_arm(containers, container, choose(containers, container->value.id, engine->image));
	}
	pthread_mutex_unlock(&containers->lock);
	return container != NULL;
}

void containers_armed(struct containers *containers, uint64_t cgroup, int mark_error, bool resumed)
{
	struct container *container;

	pthread_mutex_lock(&containers->lock);
	container = find(containers, cgroup);
	if (container) {
		container->armed |= mark_error ? 0 : WIRE_ARMED_FANOTIFY;
		container->mark_error = mark_error;
		container->met = true;
		container->arm_us = resumed ? 0 : (boot_now() - container->value.born) / NS_PER_US;
		report_container(containers->outbox, container,
				 container->value.found ? WIRE_CONTAINER_FOUND : WIRE_CONTAINER_BORN);
		arming_note(containers, container);
	}
	pthread_mutex_unlock(&containers->lock);
}

bool containers_has_id(struct containers *containers, const char *id)
{
	bool has;

	pthread_mutex_lock(&containers->lock);
	has = containers_there(containers, id);
	pthread_mutex_unlock(&containers->lock);
	return has;
}

bool containers_merged(struct containers *containers, uint64_t cgroup, char *merged)
{
	const struct container *container;

	merged[0] = 0;
	pthread_mutex_lock(&containers->lock);
	container = find(containers, cgroup);
	if (container)
		strcpy(merged, container->engine.merged);
	pthread_mutex_unlock(&containers->lock);
	return merged[0] != 0;
}

/* What was reported lies in the kernel: a sensor that starts again reports none of it anew. One that dies between both reports it
 * twice. */
static void report_counts(struct containers *containers, struct container *container)
{
	struct container_value *value = &container->value;
	struct container_counts counts;
	uint64_t lost, throttled;

	if (bpf_map_lookup_elem(containers->kernel->counts, &container->cgroup, &counts)) {
		counts.lost = value->reported_lost;
		counts.throttled = value->reported_throttled;
	}
	lost = counts.lost - value->reported_lost;
	throttled = counts.throttled - value->reported_throttled;
	if (!lost && !throttled && !container->guard_throttled)
		return;
	report_throttled(containers->outbox, container, throttled + container->guard_throttled);
	report_lost(containers->outbox, container, lost);
	container->guard_throttled = 0;
	value->reported_lost = counts.lost;
	value->reported_throttled = counts.throttled;
	map_put(containers->kernel->containers, &container->cgroup, value, BPF_EXIST);
}

bool containers_gone(struct containers *containers, uint64_t cgroup, uint64_t time)
{
	struct container *container;
	bool ours;

	pthread_mutex_lock(&containers->lock);
	container = find(containers, cgroup);
	ours = container && !container->gone;
	if (ours) {
		report_counts(containers, container);
		container->gone = time;
		container->armed = 0;
		containers->count--;
		arming_forget(containers, container);
		report_container(containers->outbox, container, WIRE_CONTAINER_GONE);
	}
	bpf_map_delete_elem(containers->kernel->containers, &cgroup);
	bpf_map_delete_elem(containers->kernel->counts, &cgroup);
	pthread_mutex_unlock(&containers->lock);
	return ours;
}

bool containers_is_ours(struct containers *containers, uint64_t cgroup)
{
	bool ours;

	pthread_mutex_lock(&containers->lock);
	ours = find(containers, cgroup) != NULL;
	pthread_mutex_unlock(&containers->lock);
	return ours;
}

bool containers_policy(struct containers *containers, uint64_t cgroup, struct container_value *value)
{
	struct container *container;

	pthread_mutex_lock(&containers->lock);
	container = find(containers, cgroup);
	if (container)
		*value = container->value;
	pthread_mutex_unlock(&containers->lock);
	return container != NULL;
}

void containers_assign(struct containers *containers, const struct wire_assign *assign)
{
	pthread_mutex_lock(&containers->lock);
	assigned_note(containers, assign);
	pthread_mutex_unlock(&containers->lock);
	containers_choose(containers);
}

/* What a container's policy is chosen by. */
struct chosen_by {
	uint64_t cgroup;
	char id[WIRE_ID];
	char image[IMAGE_BYTES];
};

/* Copies the container at a place of a bucket; false when there are no more. */
static bool copy_at(struct containers *containers, int bucket, uint32_t place, struct chosen_by *copy)
{
	const struct container *container;

	pthread_mutex_lock(&containers->lock);
	container = containers->buckets[bucket];
	while (container && place--)
		container = container->next;
	if (container) {
		copy->cgroup = container->cgroup;
		memcpy(copy->id, container->value.id, WIRE_ID);
		strcpy(copy->image, container->engine.image);
	}
	pthread_mutex_unlock(&containers->lock);
	return container != NULL;
}

/* Looks through all policies without the lock that every answer needs, and takes it to write one choice. A container that
 * comes meanwhile has chosen for itself and moves the others one place back: none is left out. */
void containers_choose(struct containers *containers)
{
	struct chosen_by copy;
	int i;

	for (i = 0; i < CONTAINER_BUCKETS; i++) {
		uint32_t place;

		for (place = 0; copy_at(containers, i, place, &copy); place++) {
			struct choice choice = choose(containers, copy.id, copy.image);
			struct container *container;

			pthread_mutex_lock(&containers->lock);
			container = find(containers, copy.cgroup);
			if (container && !container->gone)
				containers_arm(containers, container, choice);
			pthread_mutex_unlock(&containers->lock);
		}
	}
}

static bool is_forgotten(struct containers *containers, struct container *container, uint64_t now)
{
	if (!container->gone)
		report_counts(containers, container);
	return container->gone && now > container->gone + REMEMBERED_NS;
}

/* Losses of no container, in the kernel and of the sensor's own. What cannot be reported for want of room counts again. */
static void report_losses(struct containers *containers)
{
	struct own_head *head = containers->outbox->own.head;
	uint64_t lost = kernel_lost(containers->kernel), own = __atomic_load_n(&head->lost, __ATOMIC_RELAXED),
		 reported = 0;
	struct wire_loss event = { .time = boot_now(), .dimension = WIRE_PROCESS };
	uint32_t place = LOST_REPORTED;

	bpf_map_lookup_elem(containers->kernel->losses, &place, &reported);
	event.count = lost - reported + own - head->reported;
	if (!event.count)
		return;
	head->reported = own;
	map_put(containers->kernel->losses, &place, &lost, BPF_ANY);
	outbox_push(containers->outbox, WIRE_LOSS, &event, sizeof(event));
}

void containers_tick(struct containers *containers)
{
	uint64_t now = boot_now();
	int i;

	report_losses(containers);
	pthread_mutex_lock(&containers->lock);
	for (i = 0; i < CONTAINER_BUCKETS; i++) {
		struct container **at = &containers->buckets[i];

		while (*at) {
			struct container *container = *at;

			if (is_forgotten(containers, container, now)) {
				*at = container->next;
				free(container);
			} else {
				at = &container->next;
			}
		}
	}
	pthread_mutex_unlock(&containers->lock);
}

void containers_totals(struct containers *containers, uint64_t *lost, uint64_t *throttled)
{
	struct container_counts counts;
	uint64_t key, *last = NULL;

	while (!bpf_map_get_next_key(containers->kernel->counts, last, &key)) {
		if (!bpf_map_lookup_elem(containers->kernel->counts, &key, &counts)) {
			*lost += counts.lost;
			*throttled += counts.throttled;
		}
		last = &key;
	}
	*throttled += __atomic_load_n(&containers->guard_throttled, __ATOMIC_RELAXED);
}

bool containers_allow(struct containers *containers, uint64_t cgroup)
{
	uint64_t second = boot_now() / 1000000000ULL;
	struct container *container;
	bool allowed = true;

	pthread_mutex_lock(&containers->lock);
	container = find(containers, cgroup);
	if (container && container->guard_second != second) {
		container->guard_second = second;
		container->guard_events = 0;
	}
	if (container && container->guard_events++ >= containers->kernel->settings->events_per_second) {
		container->guard_throttled++;
		__atomic_fetch_add(&containers->guard_throttled, 1, __ATOMIC_RELAXED);
		allowed = false;
	}
	pthread_mutex_unlock(&containers->lock);
	return allowed;
}
