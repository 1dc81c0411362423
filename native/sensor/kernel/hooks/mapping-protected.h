/* Where BPF LSM is not: mprotect makes a mapping executable. */
#ifndef SEAWALL_HOOK_MAPPING_PROTECTED_H
#define SEAWALL_HOOK_MAPPING_PROTECTED_H

#include "../end-process.h"
#include "../mapping-tree.h"

#define MAY_BE_EXEC 0x40UL              /* VM_MAYEXEC */
#define READ_MEANS_EXEC 0x400000        /* READ_IMPLIES_EXEC of the personality */
#define PROTECT_DOWN 0x01000000         /* PROT_GROWSDOWN: from where the first mapping behind the address begins */
#define PROTECTED_AT_ONCE 4096          /* mappings that one call changes and that are looked at */
#define ADDRESS_BITS ((1ULL << 57) - 1) /* the rest of an address may be a tag */

#ifdef __TARGET_ARCH_x86
#define COMPAT 0x2 /* TS_COMPAT: the call came by the 32-bit entry */

struct protect_call {
	__u64 address;
	__u64 end;
	__u64 protection;
};

/* The mprotect or pkey_mprotect that the task is in; false when it is in another call. */
static __always_inline bool in_protect_call(struct task_struct *task, struct protect_call *call)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u64 number = BPF_CORE_READ(regs, orig_ax);

	if (number != 10 && number != 329 && number != 125 && number != 380)
		return false;
	if (BPF_CORE_READ(task, thread_info.status) & COMPAT) {
		if (number != 125 && number != 380)
			return false;
		call->address = (__u32)BPF_CORE_READ(regs, bx);
		call->end = call->address + (__u32)BPF_CORE_READ(regs, cx);
		call->protection = (__u32)BPF_CORE_READ(regs, dx);
		return true;
	}
	call->address = BPF_CORE_READ(regs, di);
	call->end = call->address + BPF_CORE_READ(regs, si);
	call->protection = BPF_CORE_READ(regs, dx);
	return number == 10 || number == 329;
}

struct protect_walk {
	struct process *process;
	__u64 memory;
	__u64 address;
	__u64 end;
	__u64 file; /* the one that is objected to */
	bool done;
	struct mapping_facts facts;
};

static long protect_next(__u64 step, struct protect_walk *walk)
{
	struct vm_area_struct *area = (void *)mapping_at(walk->memory, walk->address);
	unsigned long flags;
	struct file *file;

	walk->done = !area || walk->address >= walk->end;
	if (walk->done)
		return 1;
	walk->address = BPF_CORE_READ(area, vm_end);
	file = BPF_CORE_READ(area, vm_file);
	flags = BPF_CORE_READ(area, vm_flags);
	if (!file || !(flags & MAY_BE_EXEC))
		return 0;
	if (!objects_to_mapping(&walk->facts, walk->process, address_of(file), (flags & MAPPED_SHARED) != 0))
		return 0;
	walk->file = address_of(file);
	return 1;
}

struct trace_event_raw_mmap_lock_acquire_returned___named {
	__u32 __data_loc_memcg_path;
} __attribute__((preserve_access_index));

/* Whether a lock was taken to write. Until 6.12 the name of a control group comes first. */
static __always_inline bool has_write_lock(__u64 *context)
{
	if (bpf_core_field_exists(
		    ((struct trace_event_raw_mmap_lock_acquire_returned___named *)0)->__data_loc_memcg_path))
		return context[2] && context[3];
	return context[1] && context[2];
}

/* Looks at each mapping that the call changes; true when the policy objects to one of them. A call that changes more of
 * them than anybody looks at is objected to as well, and one that begins where nothing is mapped and goes on behind. */
static __always_inline bool objects_to_call(struct protect_walk *walk, struct protect_call *call)
{
	struct task_struct *task = bpf_get_current_task_btf();

	walk->memory = address_of(task->mm);
	walk->address = call->address & ADDRESS_BITS;
	walk->end = walk->address + (call->end - call->address);
	bpf_loop(PROTECTED_AT_ONCE, protect_next, walk, 0);
	if (walk->file)
		return true;
	if (walk->done &&
	    (!(call->protection & PROTECT_DOWN) || mapping_at(walk->memory, call->address & ADDRESS_BITS)))
		return false;
	walk->file = address_of(BPF_CORE_READ(task, mm, exe_file));
	return !judge_mapping(walk->process, &walk->facts.file, WIRE_ORIGIN_OTHER, &walk->facts.judgement) &&
	       walk->facts.judgement.reason;
}

/* mprotect, which has the lock of the memory now and has changed nothing yet. One of a whole mapping stores nothing, so
 * that it does not show above; and before it had the lock, another thread could still lay something else there. */
SEC("tp_btf/mmap_lock_acquire_returned")
int mapping_protected(__u64 *context)
{
	struct mm_struct *mm = (struct mm_struct *)context[0];
	struct task_struct *task = bpf_get_current_task_btf();
	struct protect_walk walk = {};
	struct protect_call call = {};

	if (!has_write_lock(context) || task->mm != mm || !in_protect_call(task, &call))
		return 0;
	if (!(call.protection & PROTECT_EXEC) &&
	    (!(call.protection & PROTECT_READ) || !(BPF_CORE_READ(task, personality) & READ_MEANS_EXEC)))
		return 0;
	walk.process = mapper_of(task);
	if (walk.process && objects_to_call(&walk, &call))
		end_process(&walk.facts, walk.process, (struct file *)walk.file);
	return 0;
}
#endif

#endif
