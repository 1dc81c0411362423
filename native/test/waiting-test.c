/* How many questions may wait: what one container asks leaves room for the others. */
#include <stdlib.h>

#include "../sensor/guard/waiting.h"
#include "expect.h"

static struct guard the_guard;
static struct guard_watch watch = { .guard = &the_guard };

struct guard_request *request_spare(void)
{
	return malloc(sizeof(struct guard_request));
}

/* A thread's number is its container's. */
static uint64_t container_of(void *ctx, uint32_t thread)
{
	(void)ctx;
	return thread;
}

static struct guard_request *request_of(enum request_state state, uint32_t cgroup)
{
	struct guard_request *request = calloc(1, sizeof(*request));

	request->state = state;
	request->code = true;
	if (state == REQUEST_AGAIN)
		request->question.thread = cgroup;
	else
		request->asked.cgroup = cgroup;
	return request;
}

/* How many of so many tries are kept. */
static unsigned keeps(enum request_state state, uint32_t cgroup, unsigned tries)
{
	unsigned kept = 0;

	for (; tries > 0; tries--) {
		struct guard_request *request = request_of(state, cgroup);

		if (state == REQUEST_LOOKING ? waiting_look(&watch, request) : waiting_keep(&watch, request))
			kept++;
		else
			free(request);
	}
	return kept;
}

static void forget_all(void)
{
	while (watch.waiting) {
		struct guard_request *request = watch.waiting;

		watch.waiting = request->next;
		waiting_forget(&watch, request);
		free(request);
	}
	EXPECT(watch.waiting_count == 0 && watch.looking_count == 0);
	for (int at = 0; at < GUARD_SHARES; at++)
		EXPECT(watch.shares[at].waiting == 0 && watch.shares[at].looking == 0);
}

/* Opening libraries in a loop takes no other container's room, nor one's own for what is held. */
static void looks_at_so_many(void)
{
	EXPECT(keeps(REQUEST_LOOKING, 1, 1000) == 64);
	EXPECT(keeps(REQUEST_HELD, 1, 1000) == 64);
	EXPECT(keeps(REQUEST_HELD, 2, 1000) == 128);
	EXPECT(keeps(REQUEST_LOOKING, 2, 1000) == 0);
	EXPECT(keeps(REQUEST_AGAIN, 2, 1000) == 0);
	EXPECT(keeps(REQUEST_AGAIN, 3, 1000) == 128);
	EXPECT(keeps(REQUEST_HELD, 4, 1000) == 128);
	EXPECT(keeps(REQUEST_HELD, 5, 1) == 0);
	forget_all();
	for (uint32_t cgroup = 1; cgroup <= 4; cgroup++)
		EXPECT(keeps(REQUEST_LOOKING, cgroup, 1000) == 64);
	EXPECT(keeps(REQUEST_LOOKING, 5, 1000) == 0);
	EXPECT(keeps(REQUEST_HELD, 5, 1000) == 128 && keeps(REQUEST_HELD, 6, 1000) == 128);
	EXPECT(keeps(REQUEST_HELD, 7, 1) == 0);
	forget_all();
}

/* What was held first and is looked at again then is counted once. */
static void goes_on_looking(void)
{
	unsigned looking = 0;

	EXPECT(keeps(REQUEST_HELD, 1, 100) == 100);
	for (struct guard_request *request = watch.waiting; request; request = request->next) {
		EXPECT(waiting_has_room(&watch, request));
		looking += waiting_look(&watch, request);
	}
	EXPECT(looking == 64 && watch.waiting_count == 100);
	EXPECT(keeps(REQUEST_HELD, 1, 100) == 28);
	for (struct guard_request *request = watch.waiting; request; request = request->next)
		EXPECT(waiting_has_room(&watch, request));
	forget_all();
}

int main(void)
{
	the_guard.cb.container_of = container_of;
	looks_at_so_many();
	goes_on_looking();
	free(watch.spare);
	puts("what one container asks leaves room for the others");
	return 0;
}
