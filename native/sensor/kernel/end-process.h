/* Ends a process before it can run what it maps: the signal is there before the lock of its memory is free again, and the
 * first look at the new pages is a fault that leads past it. */
#ifndef SEAWALL_KERNEL_END_PROCESS_H
#define SEAWALL_KERNEL_END_PROCESS_H

#include "exec.h"
#include "mapping.h"

#define ALL_THREADS 1 /* BPF_TASK_ITER_ALL_THREADS */

extern int bpf_send_signal_task(struct task_struct *task, int signal, enum pid_type type, __u64 value) __weak __ksym;
extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task, unsigned int flags) __weak __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __weak __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __weak __ksym;

extern struct task_struct *bpf_task_acquire(struct task_struct *task) __weak __ksym;
extern void bpf_task_release(struct task_struct *task) __weak __ksym;

/* Ends the other processes that share this memory: they could run what was mapped. Kernels before 6.13 cannot. */
static __always_inline void end_sharers(struct task_struct *task)
{
	struct task_struct *other;
	void *memory = task->mm;
	int own = task->tgid;

	if (!bpf_ksym_exists(bpf_send_signal_task) || !bpf_ksym_exists(bpf_iter_task_new))
		return;
	/* Threads that have ended are none of its users, even where the process still counts them. */
	if (BPF_CORE_READ(task, mm, mm_users.counter) <= BPF_CORE_READ(task, signal, live.counter))
		return;
	bpf_for_each(task, other, NULL, ALL_THREADS)
	{
		struct task_struct *held;

		if (other->mm != memory || other->tgid == own)
			continue;
		held = bpf_task_acquire(other);
		if (!held)
			continue;
		bpf_send_signal_task(held, SIGKILL, PIDTYPE_TGID, 0);
		bpf_task_release(held);
	}
}

static __always_inline void end_process(struct mapping_facts *facts, struct process *process, struct file *file)
{
	if (facts->judgement.effect == WIRE_EFFECT_PREVENT) {
		bpf_send_signal(SIGKILL);
		end_sharers(bpf_get_current_task_btf());
		facts->verdict = WIRE_KILLED;
	} else {
		facts->verdict = WIRE_ALERTED;
	}
	report_mapping(facts, process, address_of(file));
}

#endif
