/* Which container a cgroup of the unified hierarchy belongs to. */
#ifndef SEAWALL_KERNEL_CONTAINER_H
#define SEAWALL_KERNEL_CONTAINER_H

#include "maps.h"

#define CGROUP_LEVELS 64 /* an engine puts no container deeper */
#define SCOPE_SUFFIX 6   /* ".scope" */

static __always_inline __u64 cgroup_number(struct cgroup *cgroup)
{
	return BPF_CORE_READ(cgroup, kn, id);
}

static __always_inline struct cgroup *cgroup_above(struct cgroup *cgroup)
{
	struct cgroup_subsys_state *parent = BPF_CORE_READ(cgroup, self.parent);

	return parent ? (struct cgroup *)((void *)parent - bpf_core_field_offset(struct cgroup, self)) : NULL;
}

/* Number of the container's cgroup, 0 when the cgroup belongs to none. It goes from the root down: what a container makes
 * below its own cgroup is the container's, however deep it is and whatever its name. */
PART __u64 container_from(__u64 address)
{
	struct cgroup *cgroup = (void *)address, *above = NULL;
	__u64 ancestors = address + bpf_core_field_offset(struct cgroup, ancestors);
	int level, own;

	if (!cgroup)
		return 0;
	own = BPF_CORE_READ(cgroup, level);
	for (level = 1; level < CGROUP_LEVELS; level++) {
		__u64 number;

		if (level > own)
			return 0;
		bpf_probe_read_kernel(&above, sizeof(above), (void *)(ancestors + level * sizeof(above)));
		number = cgroup_number(above);
		if (bpf_map_lookup_elem(&containers, &number))
			return number;
	}
	return 0;
}

static __always_inline struct cgroup *cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp);
}

/* Not on the stack: kernels before 6.13 bound what all functions on the way take together. */
static const struct container_counts no_counts;

static __always_inline struct container_counts *counts_of(__u64 cgroup)
{
	struct container_counts *found = bpf_map_lookup_elem(&counts, &cgroup);

	if (found)
		return found;
	bpf_map_update_elem(&counts, &cgroup, &no_counts, BPF_NOEXIST);
	return bpf_map_lookup_elem(&counts, &cgroup);
}

static __always_inline bool is_unified(struct cgroup *cgroup)
{
	return BPF_CORE_READ(cgroup, root, hierarchy_id) == 0;
}

static __always_inline bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Container id at the end of a cgroup's name: `<id>`, `docker-<id>.scope`. False when there is none. */
PART int id_in_name(__u64 address, struct container_value *into)
{
	struct cgroup *cgroup = (void *)address;
	char name[128] = {};
	long length = bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(cgroup, kn, name)) - 1;
	long from;
	int at;

	if (!into)
		return false;
	if (length < WIRE_ID || length >= (long)sizeof(name))
		return false;
	if (length > WIRE_ID + SCOPE_SUFFIX && name[(length - 1) & 127] == 'e' && name[(length - 6) & 127] == '.')
		length -= SCOPE_SUFFIX;
	from = length - WIRE_ID;
	if (from < 0 || from > (long)sizeof(name) - WIRE_ID)
		return false;
	if (from > 0 && name[(from - 1) & 63] != '-')
		return false;
	for (at = 0; at < WIRE_ID; at++) {
		char c = name[(from + at) & 127];

		if (!is_hex(c))
			return false;
		into->id[at] = c;
	}
	return true;
}

static __always_inline void count_loss(__u32 ring, __u64 cgroup)
{
	__u64 *total = bpf_map_lookup_elem(&losses, &ring);
	struct container_counts *own = cgroup ? bpf_map_lookup_elem(&counts, &cgroup) : NULL;

	if (own)
		__sync_fetch_and_add(&own->lost, 1);
	else if (total)
		__sync_fetch_and_add(total, 1);
}

#endif
