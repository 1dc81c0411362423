/* What is reported of the containers' counts, in maps of this kernel: each loss once, also by a sensor that starts again. Needs
 * root. */
#include <fcntl.h>
#include <sys/mman.h>

#include <time.h>

#include "../sensor/assigned.h"
#include "../sensor/containers.h"
#include "../sensor/map-put.h"
#include "kernel-maps.h"

#define CGROUP 77
#define MANY 2000
#define MANY_POLICIES 300

static struct kernel kernel;
static struct outbox outbox;

/* Of no container. */
uint64_t kernel_lost(const struct kernel *of)
{
	(void)of;
	return 0;
}

static void make_maps(void)
{
	int own = memfd_create("own-events", MFD_CLOEXEC);

	make_kernel(&kernel);
	kernel.containers = make_map(BPF_F_NO_PREALLOC, 8, sizeof(struct container_value), MAX_CONTAINERS);
	kernel.counts = make_map(BPF_F_NO_PREALLOC, 8, sizeof(struct container_counts), MAX_CONTAINERS);
	kernel.losses = make_map(BPF_F_NO_PREALLOC, 4, 8, LOSSES);
	kernel.settings->events_per_second = 10;
	outbox.kernel = &kernel;
	outbox.signal = open("/dev/null", O_WRONLY);
	CHECK(!ftruncate(own, (1 + OWN_SHARE_PAGES) * OWN_PAGE + OWN_BYTES));
	CHECK(!own_events_open(&outbox.own, own, &kernel.settings->round));
}

/* A sensor's containers, with the one that the kernel has. */
static struct containers *started(void)
{
	static struct policies policies;
	struct containers *containers = calloc(1, sizeof(*containers));
	struct engine_container engine = { .merged = "/merged" };
	struct container_value value = { .born = now };
	uint64_t cgroup = CGROUP;

	policies.kernel = &kernel;
	pthread_rwlock_init(&policies.lock, NULL);
	pthread_mutex_init(&containers->lock, NULL);
	containers->kernel = &kernel;
	containers->policies = &policies;
	containers->outbox = &outbox;
	bpf_map_lookup_elem(kernel.containers, &cgroup, &value);
	CHECK(containers_take_in(containers, CGROUP, &value, &engine));
	return containers;
}

static void kernel_counts(uint64_t lost, uint64_t throttled)
{
	struct container_counts counts = { .lost = lost, .throttled = throttled };
	uint64_t cgroup = CGROUP;

	bpf_map_update_elem(kernel.counts, &cgroup, &counts, BPF_ANY);
}

/* How many were reported of this kind since the last time; one event at most. */
static uint64_t reported(uint16_t type)
{
	const struct own_record *record;
	uint64_t count = 0, place = outbox.own.at, events = 0;

	for (; (record = own_events_peek(&outbox.own)); own_events_pass(&outbox.own)) {
		struct wire_throttle event;

		memcpy(&event, record + 1, sizeof(event));
		if (record->type != type)
			continue;
		CHECK(event.cgroup == CGROUP);
		count += event.count;
		events++;
	}
	CHECK(events <= 1);
	outbox.own.at = place;
	return count;
}

static bool reports(struct containers *containers, uint64_t lost, uint64_t throttled)
{
	bool as_expected;

	containers_tick(containers);
	as_expected = reported(WIRE_LOSS) == lost && reported(WIRE_THROTTLE) == throttled;
	while (own_events_peek(&outbox.own))
		own_events_pass(&outbox.own);
	return as_expected;
}

/* A map that takes no more: the failure is counted, and known of the container. */
static void try_full_map(void)
{
	struct containers *containers = started();
	uint64_t failed = map_puts_failed(), other = CGROUP + 1;
	struct container_value value = {};
	int whole = kernel.containers;

	kernel.containers = make_map(BPF_F_NO_PREALLOC, 8, sizeof(struct container_value), 1);
	CHECK(!bpf_map_update_elem(kernel.containers, &other, &value, BPF_ANY));
	containers_choose(containers);
	CHECK(map_puts_failed() == failed + 1);
	close(kernel.containers);
	kernel.containers = whole;
	containers_choose(containers);
	CHECK(map_puts_failed() == failed + 1);
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool chosen;
static double longest;

/* As the guard asks for each answer. */
static void *ask(void *containers)
{
	struct container_value value;

	while (!__atomic_load_n(&chosen, __ATOMIC_ACQUIRE)) {
		double began = seconds();

		CHECK(containers_policy(containers, CGROUP, &value));
		if (seconds() - began > longest)
			longest = seconds() - began;
		usleep(100);
	}
	return NULL;
}

/* Whoever asks meanwhile waits for one container's choice, not for that of all. */
static void try_answers_meanwhile(void)
{
	struct containers *containers = started();
	struct engine_container engine = { .merged = "/merged", .image = "sha256:none" };
	struct container_value value = { .born = now };
	double began, whole;
	pthread_t asker;
	uint64_t i;

	for (i = 0; i < MANY_POLICIES; i++) {
		struct policy *policy = calloc(1, sizeof(*policy));

		policy->head.policy = 1000 + i;
		policy->head.images = 1;
		policy->images = "\x0b\0sha256:some";
		policy->next = containers->policies->first;
		containers->policies->first = policy;
	}
	for (i = 1; i <= MANY; i++)
		CHECK(containers_take_in(containers, CGROUP + i, &value, &engine));
	CHECK(!pthread_create(&asker, NULL, ask, containers));
	usleep(1000);
	longest = 0;
	began = seconds();
	containers_choose(containers);
	whole = seconds() - began;
	__atomic_store_n(&chosen, true, __ATOMIC_RELEASE);
	pthread_join(asker, NULL);
	if (longest > whole / 2)
		printf("waited %.1f ms of %.1f ms\n", longest * 1e3, whole * 1e3);
	CHECK(longest <= whole / 2);
}

/* Assigns a policy of its own to the container of this number. */
static void assign(struct containers *containers, uint32_t number)
{
	struct wire_assign assign = { .policy = number };

	memcpy(assign.id, &number, sizeof(number));
	containers_assign(containers, &assign);
}

static bool is_assigned(struct containers *containers, uint32_t number)
{
	char id[WIRE_ID] = {};

	memcpy(id, &number, sizeof(number));
	return assigned_find(containers, id) != NULL;
}

/* None that runs gives its policy up, the one that was kept and the first included; one that is gone does. */
static void try_many_assigned(void)
{
	struct containers *containers = started();
	struct engine_container engine = { .merged = "/merged" };
	uint32_t number;

	for (number = 1; number <= MAX_ASSIGNED; number++) {
		struct container_value value = { .born = now };

		memcpy(value.id, &number, sizeof(number));
		CHECK(containers_take_in(containers, CGROUP + number, &value, &engine));
	}
	/* Chosen once more for each, these would take a minute. */
	for (number = 1; number <= MAX_ASSIGNED; number++) {
		struct wire_assign first = { .policy = number };

		memcpy(first.id, &number, sizeof(number));
		assigned_note(containers, &first);
	}
	for (number = MAX_ASSIGNED + 1; number <= MAX_ASSIGNED + 5; number++)
		assign(containers, number);
	for (number = 1; number <= MAX_ASSIGNED; number++)
		CHECK(is_assigned(containers, number));
	for (; number <= MAX_ASSIGNED + 5; number++)
		CHECK(!is_assigned(containers, number));
	CHECK(containers_gone(containers, CGROUP + 3, now));
	for (number = 0; number < MAX_ASSIGNED / 64; number++)
		assign(containers, 2 * MAX_ASSIGNED);
	CHECK(!is_assigned(containers, 3) && is_assigned(containers, 2 * MAX_ASSIGNED));
}

int main(void)
{
	struct containers *containers;
	int i;

	make_maps();
	containers = started();
	CHECK(reports(containers, 0, 0));
	kernel_counts(5, 7);
	CHECK(reports(containers, 5, 7) && reports(containers, 0, 0));
	containers = started();
	CHECK(reports(containers, 0, 0));
	kernel_counts(6, 9);
	CHECK(reports(containers, 1, 2));
	/* What the guard left out counts with it, in the life of one sensor. */
	for (i = 0; i < 13; i++)
		CHECK(containers_allow(containers, CGROUP) == (i < 10));
	kernel_counts(6, 10);
	CHECK(reports(containers, 0, 4) && reports(containers, 0, 0));
	containers = started();
	CHECK(reports(containers, 0, 0));
	/* Another policy changes nothing of it; what happened while no sensor was there is reported. */
	containers_choose(containers);
	CHECK(reports(containers, 0, 0));
	kernel_counts(8, 10);
	containers = started();
	CHECK(reports(containers, 2, 0) && reports(containers, 0, 0));
	kernel_counts(9, 11);
	CHECK(containers_gone(containers, CGROUP, now));
	CHECK(reported(WIRE_LOSS) == 1 && reported(WIRE_THROTTLE) == 1);
	try_full_map();
	try_answers_meanwhile();
	try_many_assigned();
	return failures > 0;
}
