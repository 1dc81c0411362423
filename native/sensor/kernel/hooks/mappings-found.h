/* What is mapped executable now, in the container that is asked about: for the statement about running code. */
#ifndef SEAWALL_HOOK_MAPPINGS_FOUND_H
#define SEAWALL_HOOK_MAPPINGS_FOUND_H

#include "../mapping.h"

#define OWN_SCRATCH 1 /* an iterator may be interrupted by the other programs */

_Static_assert(sizeof(struct found_mapping) < TEXT_BYTES, "it lies in a scratch");

static __always_inline __u8 listing_of(struct policy_head *head, struct wire_file *file)
{
	struct listed listed = {};

	if (!head || !(head->flags & WIRE_POLICY_TABLED))
		return WIRE_LISTING_NONE;
	switch (table_of(head->table, file, &listed)) {
	case DECIDE_SAME:
		return WIRE_LISTING_SAME;
	case DECIDE_CHANGED:
		return WIRE_LISTING_CHANGED;
	default:
		return WIRE_LISTING_NONE;
	}
}

/* A page of it was written: by its process into memory of its own, or by a debugger. It shows no longer what its file
 * holds. */
static __always_inline bool is_patched(struct vm_area_struct *area, unsigned long flags)
{
	return !(flags & MAPPED_SHARED) && BPF_CORE_READ(area, anon_vma);
}

/* Whether a thread speaks for its process: the first one, or any when that one has ended before. */
static __always_inline bool speaks(struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	return leader == task || !BPF_CORE_READ(leader, mm);
}

static __always_inline void describe_mapping(struct found_mapping *found, struct task_struct *task, __u64 cgroup,
					     struct file *file)
{
	struct container_value *container = bpf_map_lookup_elem(&containers, &cgroup);
	struct scratch *s = scratch(OWN_SCRATCH);
	struct policy_head *head = NULL;
	__u32 place, policy;

	if (!container || !s)
		return;
	policy = container->policy;
	head = bpf_map_lookup_elem(&policy_heads, &policy);
	found->origin = identify_mapped(address_of(file), root_device(cgroup, address_of(task)), &found->file);
	found->origin = seen_as(cgroup, 0, &found->file, found->origin);
	if (found->origin == WIRE_ORIGIN_IMAGE)
		found->listing = listing_of(head, &found->file);
	else
		found->allowed = head && is_known_copy(cgroup, &found->file);
	place = path_shown(address_of(shown_path(file)), address_of(task), OWN_SCRATCH) & 0xffff;
	if (place >= PATH_BYTES)
		return;
	found->length = PATH_BYTES - place;
	bpf_probe_read_kernel(found->path, found->length & (2 * PATH_BYTES - 1), &s->path[place & (PATH_BYTES - 1)]);
}

SEC("iter/task_vma")
int mappings_found(struct bpf_iter__task_vma *context)
{
	struct scratch *s = scratch(OWN_SCRATCH);
	struct vm_area_struct *area = context->vma;
	struct task_struct *task = context->task;
	struct settings *now = settings_now();
	struct found_mapping *found;
	struct process *process;
	unsigned long flags;
	struct file *file;
	__u64 cgroup;

	if (!task || !area || !s || !now || !now->asked)
		return 0;
	flags = BPF_CORE_READ(area, vm_flags);
	if (!(flags & MAPPED_EXEC) || !speaks(task))
		return 0;
	cgroup = container_of_task(task);
	process = process_of(task);
	if (cgroup != now->asked || (process && (process->flags & PROCESS_OUTSIDE)))
		return 0;
	file = BPF_CORE_READ(area, vm_file);
	if (!file && BPF_CORE_READ(area, vm_start) == (unsigned long)BPF_CORE_READ(task, mm, context.vdso))
		return 0;
	found = (struct found_mapping *)s->texts;
	__builtin_memset(found, 0, sizeof(*found));
	found->address = BPF_CORE_READ(area, vm_start);
	found->process = BPF_CORE_READ(task, tgid);
	found->thread = BPF_CORE_READ(task, pid);
	found->anonymous = !file || is_anonymous(address_of(file), (flags & MAPPED_SHARED) != 0);
	if (!found->anonymous)
		describe_mapping(found, task, cgroup, file);
	if (found->origin == WIRE_ORIGIN_IMAGE && is_patched(area, flags))
		found->anonymous = true;
	bpf_seq_write(context->meta->seq, found, sizeof(*found));
	return 0;
}

#endif
