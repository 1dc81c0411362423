/* Maps of the programs; all are pinned. */
#ifndef SEAWALL_KERNEL_MAPS_H
#define SEAWALL_KERNEL_MAPS_H

#include "../applet.h"

#define TEXT_BYTES 4096 /* power of two, more than all texts of an event */
#define TEXT_SLACK 2048 /* behind it, so that one masked write stays inside */

/* Room that the stack has not. One for each processor: tracepoints run with preemption off. */
struct scratch {
	union {
		struct {
			struct record record;
			union {
				struct wire_exec exec;
				struct wire_code code; /* as long, with the same ancestry */
			};
		};
		struct {
			char unused[sizeof(struct wire_exec) - sizeof(struct wire_move)];
			struct record move_record;
			struct wire_move move; /* its texts follow at once, as those of an exec do */
		};
	};
	char texts[TEXT_BYTES + TEXT_SLACK];
	char path[2 * PATH_BYTES];
	char applet[2 * APPLET_READ]; /* the first half, so that one masked read stays inside */
	struct process process;
};

#define MAP(kind, name_, key_, value_, entries, flags) \
	struct {                                       \
		__uint(type, kind);                    \
		__type(key, key_);                     \
		__type(value, value_);                 \
		__uint(max_entries, entries);          \
		__uint(map_flags, flags);              \
	} name_ SEC(".maps")

/* A function that the verifier looks at once, by itself, and not again for each way that leads to it. Addresses of the
 * kernel's objects go in as numbers: they are only ever read by the helpers that may fail. */
#define PART __noinline

#define RING(name_, bytes)                          \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, bytes);         \
	} name_ SEC(".maps")

MAP(BPF_MAP_TYPE_HASH, containers, __u64, struct container_value, MAX_CONTAINERS, BPF_F_NO_PREALLOC);
MAP(BPF_MAP_TYPE_HASH, counts, __u64, struct container_counts, MAX_CONTAINERS, BPF_F_NO_PREALLOC);
MAP(BPF_MAP_TYPE_TASK_STORAGE, members, int, __u64, 0,
    BPF_F_NO_PREALLOC); /* cgroup of the container that a task belongs to */
MAP(BPF_MAP_TYPE_HASH, namespaces, __u64, __u64, 2 * MAX_CONTAINERS, BPF_F_NO_PREALLOC); /* of containers -> cgroup */
MAP(BPF_MAP_TYPE_LRU_HASH, processes, struct process_key, struct process, 16384, 0);
MAP(BPF_MAP_TYPE_LRU_HASH, starts, __u32, __u64, 16384, 0); /* of live processes of containers, by tgid */
MAP(BPF_MAP_TYPE_HASH, policy_heads, __u32, struct policy_head, MAX_POLICIES, BPF_F_NO_PREALLOC);
MAP(BPF_MAP_TYPE_HASH, policy_edges, struct edge_key, __u32, MAX_EDGES, BPF_F_NO_PREALLOC);
/* Made at once: an entry that is refused for want of memory would cost a start. */
MAP(BPF_MAP_TYPE_HASH, known_copies, struct copy_key, struct copy_value, MAX_COPIES, 0);
MAP(BPF_MAP_TYPE_HASH, tickets, __u32, struct ticket, MAX_TICKETS, 0);
MAP(BPF_MAP_TYPE_LRU_HASH, seen, __u64, struct seen_value, 32768, 0);
MAP(BPF_MAP_TYPE_LRU_HASH, listening, struct listen_key, __u64, 4096, 0);
MAP(BPF_MAP_TYPE_ARRAY, settings, __u32, struct settings, 1, BPF_F_MMAPABLE);
MAP(BPF_MAP_TYPE_ARRAY, losses, __u32, __u64, LOSSES, 0);

/* Files of an image: made by the sensor, each as large as its image (tables.c). */
struct image_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct table_row));
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, MAX_TABLES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__array(values, struct image_table);
} image_tables SEC(".maps");

/* Of the sensor alone; here it is made and pinned. */
MAP(BPF_MAP_TYPE_ARRAY, own_events, __u32, struct own_page, 1 + OWN_SHARE_PAGES + OWN_BYTES / OWN_PAGE, BPF_F_MMAPABLE);
MAP(BPF_MAP_TYPE_PERCPU_ARRAY, scratches, __u32, struct scratch, 2, 0);
RING(cgroup_events, 512 * 1024);
RING(violations, VIOLATION_BYTES);
RING(observations, OBSERVATION_BYTES);

/* A map that does not take what it should know. */
static __always_inline void count_failed_update(long error)
{
	__u32 place = FAILED_UPDATES;
	__u64 *total = error ? bpf_map_lookup_elem(&losses, &place) : NULL;

	if (total)
		__sync_fetch_and_add(total, 1);
}

/* A kernel object's address as the number that a PART takes. */
static __always_inline __u64 address_of(const void *object)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &object);
	return number;
}

static __always_inline struct scratch *scratch(__u32 which)
{
	return bpf_map_lookup_elem(&scratches, &which);
}

static __always_inline struct settings *settings_now(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

#endif
