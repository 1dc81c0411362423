/* Maps of this kernel as the sensor has them, a clock that a test sets, and its checks. */
#ifndef SEAWALL_TEST_KERNEL_MAPS_H
#define SEAWALL_TEST_KERNEL_MAPS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../sensor/copies.h"
#include "../sensor/policies.h"

static uint64_t now = 1000000000000ULL;
static int failures;

uint64_t boot_now(void)
{
	return now;
}

static void check(bool holds, int line, const char *text)
{
	if (holds)
		return;
	printf("line %d: %s\n", line, text);
	failures++;
}

#define CHECK(holds) check(holds, __LINE__, #holds)

static int make_map(uint32_t flags, uint32_t key, uint32_t value, uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "seawall_test", key, value, entries, &options);

	if (map < 0) {
		printf("no map: %s\n", strerror(errno));
		exit(2);
	}
	return map;
}

static int make_table_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, inner, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	int map;

	options.inner_map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "inner", 4, sizeof(struct table_row), 1, &inner);
	map = bpf_map_create(BPF_MAP_TYPE_HASH_OF_MAPS, "tables", 4, 4, 8, &options);
	if (map < 0)
		exit(2);
	return map;
}

static inline void make_kernel(struct kernel *kernel)
{
	static struct settings settings;

	kernel->settings = &settings;
	kernel->policy_heads = make_map(BPF_F_NO_PREALLOC, 4, sizeof(struct policy_head), MAX_POLICIES);
	kernel->policy_edges = make_map(BPF_F_NO_PREALLOC, sizeof(struct edge_key), 4, MAX_EDGES);
	kernel->known_copies = make_map(0, sizeof(struct copy_key), sizeof(struct copy_value), COPIES_OF_ONE + 100);
	kernel->tickets = make_map(0, 4, sizeof(struct ticket), 4);
	kernel->image_tables = make_table_map();
}

static inline uint32_t entries_of(int map)
{
	char key[64], next[64];
	uint32_t count = 0;
	int more = bpf_map_get_next_key(map, NULL, key);

	while (!more) {
		count++;
		more = bpf_map_get_next_key(map, key, next);
		memcpy(key, next, sizeof(key));
	}
	return count;
}

#endif
