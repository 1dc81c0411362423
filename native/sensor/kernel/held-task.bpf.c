/* Reads the system call of a task that the kernel holds for an answer of the guard: the registers with which it came in.
 * /proc/TID/syscall is no source: on a busy host it says "running" of such a task. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "../guard/held-call.h"
#include "inode.h"

#define TS_COMPAT 2   /* in thread_info.status: a 32-bit call */
#define LOCK_TAKEN 7L /* of a rw_semaphore: a writer has it, somebody waits, it is handed over */

#define WRITES_BACK 1 /* BDI_CAP_WRITEBACK */

char LICENSE[] SEC("license") = "GPL";

extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

/* Somebody changes the memory of the task, or waits to: a reader comes behind all of them. */
static __always_inline bool is_crowded(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	if (!mm || !bpf_core_field_exists(mm->mmap_lock.count))
		return false;
	return (BPF_CORE_READ(mm, mmap_lock.count.counter) & LOCK_TAKEN) != 0;
}

static __always_inline void read_call(struct task_struct *task, struct held_call *call)
{
#ifdef __TARGET_ARCH_x86
	struct pt_regs *at = (struct pt_regs *)bpf_task_pt_regs(task);

	call->compat = (task->thread_info.status & TS_COMPAT) != 0;
	call->number = at->orig_ax;
	call->instruction = at->ip;
	call->arguments[0] = call->compat ? at->bx : at->di;
	call->arguments[1] = call->compat ? at->cx : at->si;
	call->arguments[2] = at->dx;
	call->crowded = is_crowded(task);
	call->known = 1;
#endif
}

/* Kernels since 6.2: one run, a microsecond. */
SEC("syscall")
int held_task_asked(struct held_call *asked)
{
	struct task_struct *task = bpf_task_from_pid(asked->thread);
	struct held_call call = { .thread = asked->thread };

	if (!task)
		return 0;
	read_call(task, &call);
	bpf_task_release(task);
	*asked = call;
	return 0;
}

static __always_inline int writers_of(struct inode *inode)
{
	return inode ? BPF_CORE_READ(inode, i_writecount.counter) : 0;
}

/* The kernel takes note of writes through a mapping only where it has to write them back: not on a tmpfs. */
static __always_inline bool is_silent(struct inode *inode)
{
	return !(BPF_CORE_READ(inode, i_sb, s_bdi, capabilities) & WRITES_BACK);
}

/* Which file an open file of the caller's is, and whether anybody has it open to write, or mapped so. A mapping of an
 * overlay's file is one of the file in its layer. */
SEC("syscall")
int file_asked(struct held_file *asked)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;
	struct inode *inode, *below = NULL;
	bool upper = false;

	if (asked->file >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), files + asked->file);
	inode = file ? BPF_CORE_READ(file, f_inode) : NULL;
	if (!inode)
		return 0;
	if (BPF_CORE_READ(inode, i_sb, s_magic) == OVERLAY_MAGIC)
		below = inode_below(inode, &upper);
	if (!below)
		below = inode;
	fill_file(&asked->identity, below);
	if (!upper)
		below = inode;
	asked->written = writers_of(inode) > 0 || writers_of(below) > 0;
	asked->silent = is_silent(below);
	asked->known = 1;
	return 0;
}

/* Older ones: an iterator over one task. */
SEC("iter/task")
int held_task_found(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct held_call call = {};

	if (!task)
		return 0;
	call.thread = task->pid;
	read_call(task, &call);
	bpf_seq_write(context->meta->seq, &call, sizeof(call));
	return 0;
}
