/* Processes of containers: who started whom, from which file, in which session. */
#ifndef SEAWALL_KERNEL_PROCESS_H
#define SEAWALL_KERNEL_PROCESS_H

#include "copies.h"
#include "identity.h"
#include "member.h"

static __always_inline struct process_key key_of(struct task_struct *task)
{
	struct process_key key = {};

	key.start = BPF_CORE_READ(task, group_leader, start_boottime);
	key.tgid = BPF_CORE_READ(task, tgid);
	return key;
}

static __always_inline long put_process(struct process_key *key, struct process *process)
{
	long error = bpf_map_update_elem(&starts, &key->tgid, &key->start, BPF_ANY);

	count_failed_update(error);
	error = bpf_map_update_elem(&processes, key, process, BPF_ANY);
	count_failed_update(error);
	return error;
}

static __always_inline struct process *process_of(struct task_struct *task)
{
	struct process_key key = key_of(task);

	return bpf_map_lookup_elem(&processes, &key);
}

/* Device of the container's root overlay: as the sensor found it, else as its first program had it. */
PART __u32 root_device(__u64 cgroup, __u64 asker)
{
	struct task_struct *task = (void *)asker;
	struct container_value *container = bpf_map_lookup_elem(&containers, &cgroup);
	struct container_counts *count;

	if (container && container->root_device)
		return container->root_device;
	count = counts_of(cgroup);
	if (!count)
		return 0;
	if (!count->root_device)
		count->root_device = BPF_CORE_READ(task, fs, root.mnt, mnt_sb, s_dev);
	return count->root_device;
}

static __always_inline void set_program(struct process *process, struct wire_file *file, __u8 origin)
{
	process->exe = *file;
	process->origin = origin;
}

static __always_inline void set_path(struct process *process, struct scratch *s, __u32 place)
{
	__u32 at = place & 0xffff;
	__u32 length = PATH_BYTES - at;

	if (at >= PATH_BYTES)
		length = 0;
	process->length = length;
	if (length)
		bpf_probe_read_kernel(process->path, length & (2 * PATH_BYTES - 1), &s->path[at & (PATH_BYTES - 1)]);
}

/* A task that came into the container from outside of it: the engine's runtime, on its way to a program. */
PART int came_in(__u64 comer, __u64 cgroup, __u64 above)
{
	struct task_struct *task = (void *)comer, *parent = (void *)above;
	struct scratch *s = scratch(0);
	struct container_counts *count = counts_of(cgroup);
	struct process_key key = key_of(task);
	struct process *process;

	if (!s || !count)
		return -1;
	process = &s->process;
	__builtin_memset(process, 0, sizeof(*process));
	process->cgroup = cgroup;
	process->parent = key_of(parent);
	process->origin = WIRE_ORIGIN_HOST;
	process->session = count->first_exec ? WIRE_SESSION_EXEC : WIRE_SESSION_ENTRY;
	process->flags = PROCESS_OUTSIDE;
	return put_process(&key, process);
}

/* A process that runs a program of the container and that is not known: it was there before, or was forgotten. */
PART int taken_in(__u64 comer, __u64 cgroup, __u32 session)
{
	struct task_struct *task = (void *)comer;
	struct scratch *s = scratch(0);
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	struct process_key key = key_of(task);
	struct process *process;
	struct wire_file file = {};
	__u8 origin;

	if (!s || !exe)
		return -1;
	process = &s->process;
	__builtin_memset(process, 0, sizeof(*process));
	process->cgroup = cgroup;
	process->parent = key_of(BPF_CORE_READ(task, real_parent));
	process->session = session;
	origin = seen_as(cgroup, 0, &file, identify(address_of(exe), root_device(cgroup, comer), &file));
	set_program(process, &file, origin);
	set_path(process, s, path_of(address_of(exe), comer));
	return put_process(&key, process);
}

/* It sees the container's root as its own, and not the host's mounts. */
static __always_inline bool stands_in(struct task_struct *task, __u64 cgroup)
{
	struct container_value *container = bpf_map_lookup_elem(&containers, &cgroup);
	struct task_struct *asker = bpf_get_current_task_btf();

	return container && container->root_device &&
	       BPF_CORE_READ(task, fs, root.mnt, mnt_sb, s_dev) == container->root_device &&
	       mounts_of(task) != mounts_of(asker);
}

static __always_inline bool shares_parents_mounts(struct task_struct *task)
{
	return BPF_CORE_READ(task, nsproxy, mnt_ns) == BPF_CORE_READ(task, real_parent, nsproxy, mnt_ns);
}

/* A task of the container that has no record. False when it is the runtime, between its joining and the word of it: from
 * outside, and with its parent's mounts still. */
static __always_inline bool meet(struct task_struct *task, __u64 cgroup, __u32 session)
{
	struct task_struct *parent = task->real_parent;

	if (!recorded_container(task) && container_of_task(parent) != cgroup) {
		bool shares = shares_parents_mounts(task);

		/* Who joined the container's namespaces and not its cgroup starts a session. */
		if (shares || container_from(address_of(cgroup_of(task))) != cgroup) {
			came_in(address_of(task), cgroup, address_of(parent));
			return !shares;
		}
	}
	taken_in(address_of(task), cgroup, session);
	set_member(task, cgroup);
	return true;
}

static __always_inline void copied(struct task_struct *parent, struct task_struct *child, __u64 cgroup)
{
	struct process_key key = key_of(child);
	struct process *from = process_of(parent);
	struct process *to;

	if (!from && container_of_task(parent) == cgroup) {
		meet(parent, cgroup, WIRE_SESSION_ENTRY);
		from = process_of(parent);
	}
	if (!from || from->cgroup != cgroup) {
		came_in(address_of(child), cgroup, address_of(parent));
		return;
	}
	put_process(&key, from);
	to = bpf_map_lookup_elem(&processes, &key);
	if (!to)
		return;
	to->parent = key_of(parent);
	if (!(to->flags & PROCESS_OUTSIDE))
		set_member(child, cgroup);
}

/* The runtime itself before it is inside. */
static __always_inline bool is_runtime(struct process *process, struct task_struct *task)
{
	return (process->flags & PROCESS_OUTSIDE) && shares_parents_mounts(task) &&
	       container_of_key(mounts_of(task)) != process->cgroup;
}

#endif
