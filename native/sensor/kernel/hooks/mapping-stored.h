/* Where BPF LSM is not: a mapping is stored in the memory of a process, executable. */
#ifndef SEAWALL_HOOK_MAPPING_STORED_H
#define SEAWALL_HOOK_MAPPING_STORED_H

#include "../end-process.h"

/* Every mapping that comes into the memory of the task: by mmap, mremap, shmat, exec. */
SEC("tp_btf/ma_write")
int BPF_PROG(mapping_stored, const char *function, struct ma_state *state, unsigned long pivot, void *value)
{
	struct vm_area_struct *area = value;
	struct mapping_facts facts = {};
	struct task_struct *task;
	struct process *process;
	unsigned long flags;
	struct file *file;

	if ((unsigned long)value <= 4096)
		return 0;
	task = bpf_get_current_task_btf();
	if (!task->mm || (void *)state->tree != (void *)&task->mm->mm_mt)
		return 0;
	flags = BPF_CORE_READ(area, vm_flags);
	if (!(flags & MAPPED_EXEC))
		return 0;
	file = BPF_CORE_READ(area, vm_file);
	if (!file)
		return 0;
	process = mapper_of(task);
	if (process && objects_to_mapping(&facts, process, address_of(file), (flags & MAPPED_SHARED) != 0))
		end_process(&facts, process, file);
	return 0;
}

#endif
