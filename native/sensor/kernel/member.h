/* Which container a task belongs to. A task that ran a program of a container stays the container's, and so do its
 * children, whatever cgroup they are moved to: this is kept with the task and cannot be evicted. Who is not known yet is
 * told by its mounts, its cgroup and its process numbers. */
#ifndef SEAWALL_KERNEL_MEMBER_H
#define SEAWALL_KERNEL_MEMBER_H

#include "container.h"

#define PID_LEVELS 8
#define IS_PIDS (1ULL << 63) /* in a key of `namespaces` */

struct ns_common___numbered {
	__u64 ns_id;
} __attribute__((preserve_access_index));

struct mnt_namespace___numbered {
	__u64 seq;
} __attribute__((preserve_access_index));

/* Key of a task's mounts: a number that is given once, unlike the one that user space sees. Read without helpers, as all
 * that is asked about every task of the host. */
static __always_inline __u64 mounts_of(struct task_struct *task)
{
	struct mnt_namespace *mounts = task->nsproxy->mnt_ns;
	struct ns_common___numbered *newer = (void *)&mounts->ns;
	struct mnt_namespace___numbered *older = (void *)mounts;

	if (bpf_core_field_exists(newer->ns_id))
		return newer->ns_id;
	return bpf_core_field_exists(older->seq) ? older->seq : mounts->ns.inum;
}

static __always_inline __u64 pids_key(struct pid_namespace *pids)
{
	return IS_PIDS | BPF_CORE_READ(pids, ns.inum);
}

/* The container that has this key, 0 when none has or when it is gone. */
static __always_inline __u64 container_of_key(__u64 key)
{
	__u64 *found = key ? bpf_map_lookup_elem(&namespaces, &key) : NULL;
	__u64 number = found ? *found : 0;

	return number && bpf_map_lookup_elem(&containers, &number) ? number : 0;
}

/* A container may have process numbers of its own below its first ones. */
PART __u64 container_of_pids(__u64 address)
{
	struct task_struct *task = (void *)address;
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u64 numbers = address_of(pid) + bpf_core_field_offset(struct pid, numbers);
	__u32 level, own = BPF_CORE_READ(pid, level);

	for (level = 1; level < PID_LEVELS; level++) {
		struct upid *one = (void *)(numbers + level * bpf_core_type_size(struct upid));
		__u64 number;

		if (level > own)
			return 0;
		number = container_of_key(pids_key(BPF_CORE_READ(one, ns)));
		if (number)
			return number;
	}
	return 0;
}

/* The container of this task as it was recorded, 0 when it was not. */
static __always_inline __u64 recorded_container(struct task_struct *task)
{
	__u64 *own = bpf_task_storage_get(&members, task, NULL, 0);

	return own ? *own : 0;
}

/* Number of the cgroup of the container that a task belongs to, 0 when it is outside of every container. Containers may
 * share process numbers, so these say the least. */
static __always_inline __u64 container_of_task(struct task_struct *task)
{
	__u64 number = recorded_container(task);
	struct cgroup *cgroup = task->cgroups->dfl_cgrp;

	if (!number)
		number = container_of_key(mounts_of(task));
	if (!number && cgroup->level)
		number = container_from(address_of(cgroup));
	if (!number && task->thread_pid->level)
		number = container_of_pids(address_of(task));
	return number;
}

/* Records that the task belongs to the container from now on, as will what it starts. */
static __always_inline void set_member(struct task_struct *task, __u64 cgroup)
{
	__u64 *own = bpf_task_storage_get(&members, task, &cgroup, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (own)
		*own = cgroup;
}

/* Notes the namespaces of a container's first program: what has them later is the container's. */
PART int note_namespaces(__u64 address, __u64 cgroup, __u64 mounts)
{
	struct task_struct *task = (void *)address;
	struct container_counts *count = counts_of(cgroup);
	struct pid_namespace *pids = BPF_CORE_READ(task, nsproxy, pid_ns_for_children);
	__u64 key;

	if (!count || count->mounts)
		return 0;
	count->mounts = key = mounts;
	if (key)
		count_failed_update(bpf_map_update_elem(&namespaces, &key, &cgroup, BPF_ANY));
	if (!BPF_CORE_READ(task, thread_pid, level) || BPF_CORE_READ(pids, child_reaper) != task)
		return 0; /* it shares another's process numbers */
	count->pids = key = pids_key(pids);
	count_failed_update(bpf_map_update_elem(&namespaces, &key, &cgroup, BPF_ANY));
	return 0;
}

#endif
