/* Sockets that begin to listen. */
#ifndef SEAWALL_HOOK_LISTEN_H
#define SEAWALL_HOOK_LISTEN_H

#include "../report.h"

#define AF_INET6 10
#define TCP_LISTEN_STATE 10
#define TCP_PROTOCOL 6

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_listens, const struct sock *sock, int before, int after)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct listen_key key = {};
	struct {
		struct record record;
		struct wire_listen listen;
		char text[2 + 2 * PATH_BYTES];
	} *event;
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
	if (bpf_map_lookup_elem(&listening, &key) || !has_allowance(key.cgroup, false))
		return 0;
	process = process_of(task);
	event = bpf_ringbuf_reserve(&observations, sizeof(*event), 0);
	if (!event) {
		count_loss(LOST_OBSERVATIONS, key.cgroup);
		return 0;
	}
	count_failed_update(bpf_map_update_elem(&listening, &key, &now, BPF_ANY));
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
	charge(key.cgroup, false, sizeof(*event));
	return 0;
}

#endif
