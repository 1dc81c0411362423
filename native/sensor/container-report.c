#include <string.h>

#include "container-report.h"
#include "payload.h"

void report_container(struct outbox *outbox, const struct container *container, uint8_t state)
{
	struct payload payload;
	struct wire_container event = {
		.time = container->gone ? container->gone : container->value.born,
		.cgroup = container->cgroup,
		.state = state,
		.armed = container->armed,
		.policy = container->value.policy,
		.arm_us = container->arm_us,
	};

	memcpy(event.id, container->value.id, WIRE_ID);
	payload_begin(&payload, &event, sizeof(event), 2);
	payload_text(&payload, container->engine.image);
	payload_text(&payload, container->engine.merged);
	outbox_push(outbox, WIRE_CONTAINER, payload.bytes, payload.length);
}

void report_throttled(struct outbox *outbox, const struct container *container, uint64_t count)
{
	struct wire_throttle event = { .time = boot_now(), .cgroup = container->cgroup, .count = count };

	if (count)
		outbox_push(outbox, WIRE_THROTTLE, &event, sizeof(event));
}

void report_lost(struct outbox *outbox, const struct container *container, uint64_t count)
{
	struct wire_loss event = {
		.time = boot_now(),
		.cgroup = container->cgroup,
		.count = count,
		.dimension = WIRE_PROCESS,
	};

	if (count)
		outbox_push(outbox, WIRE_LOSS, &event, sizeof(event));
}
