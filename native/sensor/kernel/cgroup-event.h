/* Reports to the sensor a container that is made, runs its first program, or is gone. */
#ifndef SEAWALL_KERNEL_CGROUP_EVENT_H
#define SEAWALL_KERNEL_CGROUP_EVENT_H

#include "container.h"

static __always_inline void report_cgroup_event(__u32 kind, __u64 cgroup, const char *id, __u64 time)
{
	struct cgroup_event event = {
		.kind = kind, .pid = bpf_get_current_pid_tgid() >> 32, .cgroup = cgroup, .time = time
	};

	if (id)
		__builtin_memcpy(event.id, id, WIRE_ID);
	if (bpf_ringbuf_output(&cgroup_events, &event, sizeof(event), BPF_RB_FORCE_WAKEUP))
		count_loss(LOST_CGROUP_EVENTS, 0);
}

/* The same of a program that starts, apart from who calls: kernels before 6.13 count the stacks of all that is called. */
PART int report_started(__u32 kind, __u64 cgroup, __u64 time)
{
	report_cgroup_event(kind, cgroup, NULL, time);
	return 0;
}

#endif
