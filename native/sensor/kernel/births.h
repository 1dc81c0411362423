/* Tells the sensor of a container that is born, runs its first program, or is gone. */
#ifndef SEAWALL_KERNEL_BIRTHS_H
#define SEAWALL_KERNEL_BIRTHS_H

#include "container.h"

static __always_inline void tell_birth(__u32 kind, __u64 cgroup, const char *id, __u64 time)
{
	struct birth birth = { .kind = kind, .pid = bpf_get_current_pid_tgid() >> 32, .cgroup = cgroup, .time = time };

	if (id)
		__builtin_memcpy(birth.id, id, WIRE_ID);
	if (bpf_ringbuf_output(&births, &birth, sizeof(birth), BPF_RB_FORCE_WAKEUP))
		count_loss(LOST_BIRTHS, 0);
}

/* The same of a program that starts, apart from who calls: kernels before 6.13 count the stacks of all that is called. */
PART int tell_started(__u32 kind, __u64 cgroup, __u64 time)
{
	tell_birth(kind, cgroup, NULL, time);
	return 0;
}

#endif
