/* Tells of processes that are moved out of their container's cgroup. */
#ifndef SEAWALL_KERNEL_MOVE_H
#define SEAWALL_KERNEL_MOVE_H

#include "report.h"

struct name_walk {
	struct scratch *s;
	__u64 ancestors; /* the cgroup's array of them, from the root on */
	__u32 at;
	__u32 room;
};

static long take_name(__u64 step, struct name_walk *walk)
{
	__u32 room = walk->room & (TEXT_SLACK - 1), at = walk->at;
	struct cgroup *cgroup = NULL;
	long got;

	if (room < 3 || room > ARGV_BYTES)
		return 1;
	bpf_probe_read_kernel(&cgroup, sizeof(cgroup), (void *)(walk->ancestors + (step + 1) * sizeof(cgroup)));
	walk->s->texts[at & (TEXT_BYTES - 1)] = '/';
	got = bpf_probe_read_kernel_str(&walk->s->texts[(at + 1) & (TEXT_BYTES - 1)], room - 1,
					BPF_CORE_READ(cgroup, kn, name));
	if (got <= 0)
		return 1;
	walk->at = (at + got) & (TEXT_BYTES - 1); /* bounded, for the verifier */
	walk->room = room - got;
	return 0;
}

/* Appends the path of a cgroup from the root of the hierarchy, which is `/`. Returns the new end, with bit 16 set when it
 * was cut. */
PART __u32 cgroup_text(__u32 end, __u64 address)
{
	struct scratch *s = scratch(0);
	struct cgroup *cgroup = (void *)address;
	__u32 at = end & (TEXT_BYTES - 1), length, levels;
	struct name_walk walk = { .s = s, .at = at + 2, .room = ARGV_BYTES };

	if (!s)
		return end;
	walk.ancestors = address + bpf_core_field_offset(struct cgroup, ancestors);
	levels = BPF_CORE_READ(cgroup, level);
	if (levels)
		bpf_loop(levels, take_name, &walk, 0);
	else
		s->texts[walk.at++ & (TEXT_BYTES - 1)] = '/';
	length = walk.at - at - 2;
	if (length > ARGV_BYTES)
		length = 0;
	*(__u16 *)&s->texts[at] = length;
	return (at + 2 + length) | (walk.room < 3 ? 1U << 16 : 0);
}

static __always_inline __u32 program_text(__u32 end, struct scratch *s, struct task_struct *task)
{
	__u32 place = path_of(address_of(BPF_CORE_READ(task, mm, exe_file)), address_of(task)) & 0xffff;

	return text(end, address_of(&s->path[place & (PATH_BYTES - 1)]), place < PATH_BYTES ? PATH_BYTES - place : 0);
}

/* A process of the container `owner` is in a cgroup now that is not the container's. Told once in a bucket for each
 * cgroup and program. */
PART int report_move(__u64 owner, __u64 moved, __u64 to, __u32 flags)
{
	struct task_struct *task = (void *)moved, *mover = (void *)address_of(bpf_get_current_task_btf());
	struct scratch *s = scratch(0);
	struct process_key key = key_of(task);
	struct container_value *container = bpf_map_lookup_elem(&containers, &owner);
	struct process *process = bpf_map_lookup_elem(&processes, &key);
	struct cgroup *cgroup = (void *)to;
	__u64 number = cgroup_number(cgroup), hash, bytes;
	__u32 repeats = 0, end;

	if (!s || !container)
		return 0;
	if (container_of_task(bpf_get_current_task_btf()) != owner)
		flags |= WIRE_MOVE_BY_OTHER;
	hash = mix(mix(mix(0, owner), number), BPF_CORE_READ(mover, mm, exe_file, f_inode, i_ino));
	hash = mix(mix(hash, WIRE_MOVE), flags);
	if (!is_new(hash, &repeats))
		return 0;
	if (!has_allowance(owner, true)) {
		bpf_map_delete_elem(&seen, &hash);
		return 0;
	}
	__builtin_memset(&s->move, 0, sizeof(s->move));
	end = program_text(0, s, task);
	end = program_text(end, s, mover);
	end = cgroup_text(end, to);
	if (end >> 16)
		flags |= WIRE_MOVE_PATH_CUT;
	s->move_record.type = WIRE_MOVE;
	s->move_record.known = container->known;
	s->move.time = bpf_ktime_get_boot_ns();
	s->move.cgroup = owner;
	s->move.to = number;
	s->move.start = key.start;
	s->move.pid = key.tgid;
	s->move.session = process ? process->session : WIRE_SESSION_ENTRY;
	key = key_of(mover);
	s->move.mover_start = key.start;
	s->move.mover = key.tgid;
	s->move.uid = bpf_get_current_uid_gid();
	s->move.flags = flags;
	s->move.repeats = repeats;
	bytes = sizeof(s->move_record) + sizeof(s->move) + (end & (TEXT_BYTES - 1));
	if (bpf_ringbuf_output(&violations, &s->move_record, bytes, BPF_RB_FORCE_WAKEUP))
		count_loss(LOST_VIOLATIONS, owner);
	else
		charge(owner, true, bytes);
	return 0;
}

#endif
