/* The programs in the kernel: births of containers, programs that start, processes, listening sockets. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tell.h"

#define SIGKILL 9
#define EPERM 1
#define AF_INET6 10
#define TCP_LISTEN_STATE 10
#define TCP_PROTOCOL 6

char LICENSE[] SEC("license") = "GPL";

static __always_inline void tell_birth(__u32 kind, __u64 cgroup, const char *id, __u64 time)
{
	struct birth birth = { .kind = kind, .pid = bpf_get_current_pid_tgid() >> 32, .cgroup = cgroup, .time = time };

	if (id)
		__builtin_memcpy(birth.id, id, WIRE_ID);
	if (bpf_ringbuf_output(&births, &birth, sizeof(birth), BPF_RB_FORCE_WAKEUP))
		count_loss(LOST_BIRTHS, 0);
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_made, struct cgroup *cgroup, const char *path)
{
	struct container_value value = {};
	__u64 number;

	if (!is_unified(cgroup) || !id_in_name(address_of(cgroup), &value) || container_from(address_of(cgroup_above(cgroup))))
		return 0;
	number = cgroup_number(cgroup);
	value.born = bpf_ktime_get_boot_ns();
	bpf_map_update_elem(&containers, &number, &value, BPF_ANY);
	tell_birth(BIRTH_MADE, number, value.id, value.born);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(cgroup_gone, struct cgroup *cgroup, const char *path)
{
	struct container_value *value;
	__u64 number;

	if (!is_unified(cgroup))
		return 0;
	number = cgroup_number(cgroup);
	value = bpf_map_lookup_elem(&containers, &number);
	if (value)
		tell_birth(BIRTH_GONE, number, value->id, bpf_ktime_get_boot_ns());
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(cgroup_joined, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	__u64 number;
	struct process *known;

	if (!is_unified(cgroup))
		return 0;
	number = container_from(address_of(cgroup));
	if (!number)
		return 0;
	known = process_of(task);
	if (!known || known->cgroup != number)
		came_in(address_of(task), number, address_of(BPF_CORE_READ(task, real_parent)));
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	__u64 cgroup;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	cgroup = container_of_task(child);
	if (cgroup)
		copied(parent, child, cgroup);
	return 0;
}

/* Process that calls exec in a container; NULL when it is none, or the runtime on its way in. */
static __always_inline struct process *exec_caller(struct task_struct *task)
{
	__u64 cgroup = container_of_task(task);
	struct process *process;

	if (!cgroup)
		return NULL;
	process = process_of(task);
	if (!process) {
		meet(task, cgroup, WIRE_SESSION_ENTRY);
		process = process_of(task);
	}
	return process && !is_runtime(process, task) ? process : NULL;
}

struct exec_facts {
	struct wire_file file;
	struct judgement judgement;
	__u8 origin;
	__u8 verdict;
};

static __always_inline bool is_violation(__u8 verdict)
{
	return verdict != WIRE_OBSERVED;
}

/* Words of the program, on its new stack once it has started. */
static __always_inline __u32 put_words(__u32 end, struct task_struct *task, int started)
{
	return started ? argv_text(end, address_of(task)) : words_text(end);
}

/* What is told once: this program, by this caller, with this end; its words too where they count. */
static __always_inline __u64 telling_of(struct exec_facts *facts, struct process *caller, struct scratch *s, int started)
{
	__u64 hash = mix(mix(mix(0, caller->cgroup), facts->file.inode), facts->file.device);
	__u32 end;

	hash = mix(mix(mix(hash, caller->exe.inode), caller->session), facts->verdict);
	if (!(facts->judgement.file_flags & WIRE_FILE_ARGUMENTS))
		return hash;
	end = put_words(0, bpf_get_current_task_btf(), started) & 0xffff;
	return argv_hash(s, sizeof(__u16), end, hash);
}

/* Writes the event into `s` and sends it, unless it was told in this bucket: that most are is found out first. `started`:
 * argv is on the stack. */
PART int tell_exec(struct exec_facts *facts, struct process *caller, __u64 program, int started)
{
	struct linux_binprm *bprm = (void *)program;
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = scratch(0);
	struct process_key key = key_of(task);
	bool violation;
	__u32 end = 0, repeats = 0, place;
	const char *given;
	__u64 hash = 0;

	if (!s || !facts || !caller)
		return -1;
	violation = is_violation(facts->verdict);
	if (!violation) {
		hash = telling_of(facts, caller, s, started);
		if (!is_new(hash, &repeats))
			return 0;
	}
	if (!has_allowance(caller->cgroup, violation)) {
		if (!violation)
			bpf_map_delete_elem(&seen, &hash);
		return 0;
	}
	__builtin_memset(&s->exec, 0, sizeof(s->exec));
	s->record.type = WIRE_EXEC;
	s->record.known = facts->judgement.known;
	s->exec.flags = facts->judgement.exec_flags;
	place = path_of(address_of(BPF_CORE_READ(bprm, file)), address_of(task));
	if (place >> 16)
		s->exec.flags |= WIRE_EXEC_PATH_CUT;
	place &= 0xffff;
	end = text(end, address_of(&s->path[place & (PATH_BYTES - 1)]), place < PATH_BYTES ? PATH_BYTES - place : 0);
	end = text(end, address_of(caller->path), caller->length);
	given = BPF_CORE_READ(bprm, filename);
	if (BPF_CORE_READ(bprm, interp) != given)
		s->exec.flags |= WIRE_EXEC_SCRIPT;
	place = bpf_probe_read_kernel_str(s->path + PATH_BYTES, PATH_BYTES, given);
	end = text(end, address_of(s->path + PATH_BYTES), place > 0 && place <= PATH_BYTES ? place - 1 : 0);
	end = put_words(end, task, started);
	if (end >> 16)
		s->exec.flags |= WIRE_EXEC_ARGV_CUT;
	end &= 0xffff;
	s->exec.repeats = repeats;
	s->exec.time = bpf_ktime_get_boot_ns();
	s->exec.cgroup = caller->cgroup;
	s->exec.pid = key.tgid;
	s->exec.parent = caller->parent.tgid;
	s->exec.start = key.start;
	s->exec.uid = bpf_get_current_uid_gid();
	s->exec.policy = facts->judgement.policy;
	s->exec.policy_version = facts->judgement.version;
	s->exec.verdict = facts->verdict;
	s->exec.reason = facts->judgement.reason;
	s->exec.origin = facts->origin;
	s->exec.session = caller->session;
	s->exec.caller_origin = caller->origin;
	s->exec.file = facts->file;
	s->exec.caller = caller->exe;
	if (caller->flags & PROCESS_OUTSIDE)
		s->exec.flags |= WIRE_EXEC_FIRST;
	key = caller->parent;
	end = ancestry(&key, end);
	send(s, end, caller->cgroup, violation);
	return 0;
}

static __always_inline int look_at(struct exec_facts *facts, struct process *caller, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();

	facts->origin = identify(address_of(BPF_CORE_READ(bprm, file)), root_device(caller->cgroup, address_of(task)), &facts->file);
	return judge(caller, &facts->file, facts->origin, &facts->judgement);
}

SEC("tp_btf/sched_prepare_exec")
int BPF_PROG(exec_prepared, struct task_struct *task, struct linux_binprm *bprm)
{
	struct process *caller = exec_caller(task);
	struct exec_facts facts = {};

	if (!caller || look_at(&facts, caller, bprm) || facts.judgement.effect != WIRE_EFFECT_PREVENT)
		return 0;
	bpf_send_signal(SIGKILL);
	facts.verdict = WIRE_KILLED;
	tell_exec(&facts, caller, address_of(bprm), false);
	caller->flags |= PROCESS_TOLD;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec_done, struct task_struct *task, pid_t old, struct linux_binprm *bprm)
{
	struct process *caller = exec_caller(task);
	struct exec_facts facts = {};
	struct container_counts *count;
	struct scratch *s = scratch(0);

	if (!caller || !s || look_at(&facts, caller, bprm))
		return 0;
	if (facts.judgement.effect == WIRE_EFFECT_PREVENT) {
		bpf_send_signal(SIGKILL);
		facts.verdict = WIRE_KILLED;
	} else if (facts.judgement.reason) {
		facts.verdict = WIRE_ALERTED;
	}
	if (!(caller->flags & PROCESS_TOLD))
		tell_exec(&facts, caller, address_of(bprm), true);
	count = counts_of(caller->cgroup);
	if (count && !count->first_exec) {
		count->first_exec = bpf_ktime_get_boot_ns();
		tell_birth(BIRTH_RUNS, caller->cgroup, NULL, count->first_exec);
	}
	caller->flags &= ~(PROCESS_OUTSIDE | PROCESS_TOLD);
	set_program(caller, &facts.file, facts.origin);
	set_path(caller, s, path_of(address_of(BPF_CORE_READ(bprm, file)), address_of(task)));
	return 0;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(exec_checked, struct linux_binprm *bprm, int before)
{
	struct process *caller = exec_caller(bpf_get_current_task_btf());
	struct exec_facts facts = {};

	if (before || !caller || look_at(&facts, caller, bprm) || facts.judgement.effect != WIRE_EFFECT_PREVENT)
		return before;
	facts.verdict = WIRE_REFUSED;
	tell_exec(&facts, caller, address_of(bprm), false);
	return -EPERM;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_listens, const struct sock *sock, int before, int after)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct listen_key key = {};
	struct { struct record record; struct wire_listen listen; char text[2 + 2 * PATH_BYTES]; } *event;
	struct process *process;
	__u64 now = bpf_ktime_get_boot_ns();
	__u32 length;

	if (after != TCP_LISTEN_STATE)
		return 0;
	key.cgroup = container_of_task(task);
	if (!key.cgroup)
		return 0;
	key.port = BPF_CORE_READ(sock, __sk_common.skc_num);
	key.family = BPF_CORE_READ(sock, __sk_common.skc_family) == AF_INET6 ? 6 : 4;
	if (bpf_map_lookup_elem(&listening, &key))
		return 0;
	process = process_of(task);
	event = bpf_ringbuf_reserve(&observations, sizeof(*event), 0);
	if (!event) {
		count_loss(LOST_OBSERVATIONS, key.cgroup);
		return 0;
	}
	bpf_map_update_elem(&listening, &key, &now, BPF_ANY);
	event->record.type = WIRE_LISTEN;
	event->record.known = CONTAINER_UNKNOWN;
	event->listen.sequence = 0;
	event->listen.time = now;
	event->listen.cgroup = key.cgroup;
	event->listen.pid = BPF_CORE_READ(task, tgid);
	event->listen.port = key.port;
	event->listen.protocol = TCP_PROTOCOL;
	event->listen.family = key.family;
	length = process ? process->length : 0;
	length &= 2 * PATH_BYTES - 1;
	*(__u16 *)event->text = length;
	if (process && length)
		bpf_probe_read_kernel(event->text + 2, length & (2 * PATH_BYTES - 1), process->path);
	bpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* Takes in what runs in containers already; asked for once, when the sensor meets them. */
SEC("iter/task")
int processes_found(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct container_counts *count;
	struct process *parent;
	__u32 session;
	__u64 cgroup;
	bool first;

	if (!task || BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid))
		return 0;
	cgroup = container_of_task(task);
	if (!cgroup || process_of(task))
		return 0;
	parent = process_of(BPF_CORE_READ(task, real_parent));
	first = BPF_CORE_READ(task, thread_pid, level) > 0 &&
		BPF_CORE_READ(task, nsproxy, pid_ns_for_children, child_reaper) == task;
	if (parent && parent->cgroup == cgroup)
		session = parent->session;
	else
		session = first ? WIRE_SESSION_ENTRY : WIRE_SESSION_EXEC;
	if (!meet(task, cgroup, session))
		return 0;
	count = counts_of(cgroup);
	if (count && !count->first_exec)
		count->first_exec = bpf_ktime_get_boot_ns();
	return 0;
}
