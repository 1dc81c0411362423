#include "waiting.h"

/* Of what is asked again, no more is known than whose thread it is. */
static uint64_t waiting_cgroup(const struct guard_watch *watch, const struct guard_request *request)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	if (request->state != REQUEST_AGAIN)
		return request_cgroup(request);
	return cb->container_of(cb->ctx, request->question.thread);
}

static uint8_t share_of(uint64_t cgroup)
{
	return cgroup * 0x9e3779b97f4a7c15ull >> 56;
}

bool waiting_has_room(struct guard_watch *watch, const struct guard_request *request)
{
	const struct guard_share *share = &watch->shares[share_of(waiting_cgroup(watch, request))];

	if (!request->kept && (watch->waiting_count >= GUARD_WAITING_MAX || share->waiting >= GUARD_WAITING_SHARE))
		return false;
	if (watch->spare == NULL)
		watch->spare = request_spare();
	return watch->spare != NULL;
}

bool waiting_keep(struct guard_watch *watch, struct guard_request *request)
{
	if (!waiting_has_room(watch, request))
		return false;
	request->next = watch->waiting;
	watch->waiting = request;
	watch->waiting_count++;
	request->share = share_of(waiting_cgroup(watch, request));
	request->kept = true;
	watch->shares[request->share].waiting++;
	return true;
}

void waiting_forget(struct guard_watch *watch, struct guard_request *request)
{
	struct guard_share *share = &watch->shares[request->share];

	watch->waiting_count--;
	share->waiting--;
	if (request->state != REQUEST_LOOKING)
		return;
	share->looking--;
	watch->looking_count--;
}

bool waiting_look(struct guard_watch *watch, struct guard_request *request)
{
	struct guard_share *share = &watch->shares[share_of(request_cgroup(request))];

	if (watch->looking_count >= GUARD_LOOKING_MAX || share->looking >= GUARD_LOOKING_SHARE ||
	    !(request->kept || waiting_keep(watch, request)))
		return false;
	request->state = REQUEST_LOOKING;
	share->looking++;
	watch->looking_count++;
	return true;
}
