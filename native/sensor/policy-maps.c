/* Policies in the kernel's maps. The entries of a policy carry its generation: they are written before the head names
 * it, so a policy is there whole or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "policies.h"

static const char *why(void)
{
	return errno == E2BIG || errno == ENOSPC ? "the kernel's table is full" : strerror(errno);
}

static int write_files(struct kernel *kernel, const struct policy *policy)
{
	uint32_t i;

	for (i = 0; i < policy->head.files; i++) {
		const struct wire_policy_file *file = &policy->files[i];
		struct file_key key = { .generation = policy->generation, .inode = file->file.inode };
		struct file_value value = { .ctime = file->file.ctime, .size = file->file.size, .flags = file->flags };

		if (bpf_map_update_elem(kernel->policy_files, &key, &value, BPF_ANY))
			return -1;
	}
	return 0;
}

static int write_edges(struct kernel *kernel, const struct policy *policy)
{
	uint32_t i, yes = 1;

	for (i = 0; i < policy->head.edges; i++) {
		struct edge_key key = {
			.generation = policy->generation,
			.child = policy->edges[i].child,
			.caller = policy->edges[i].caller,
		};

		if (bpf_map_update_elem(kernel->policy_edges, &key, &yes, BPF_ANY))
			return -1;
	}
	return 0;
}

void policy_from_kernel(struct kernel *kernel, const struct policy *policy)
{
	uint32_t i;

	for (i = 0; i < policy->head.files; i++) {
		struct file_key key = { .generation = policy->generation, .inode = policy->files[i].file.inode };

		bpf_map_delete_elem(kernel->policy_files, &key);
	}
	for (i = 0; i < policy->head.edges; i++) {
		struct edge_key key = {
			.generation = policy->generation,
			.child = policy->edges[i].child,
			.caller = policy->edges[i].caller,
		};

		bpf_map_delete_elem(kernel->policy_edges, &key);
	}
}

const char *policy_to_kernel(struct kernel *kernel, struct policy *policy)
{
	struct policy_head head = {
		.version = policy->head.version,
		.flags = policy->head.flags,
		.device = policy->head.device,
		.drift_effect = policy->head.drift_effect,
		.code_effect = policy->head.code_effect,
		.model_effect = policy->head.model_effect,
		.tool_effect = policy->head.tool_effect,
	};

	policy->generation = head.generation = ++kernel->settings->generation;
	if (write_files(kernel, policy) || write_edges(kernel, policy) ||
	    bpf_map_update_elem(kernel->policy_heads, &policy->head.policy, &head, BPF_ANY)) {
		const char *reason = why();

		policy_from_kernel(kernel, policy);
		return reason;
	}
	return NULL;
}

struct generations {
	uint32_t *list;
	size_t count;
};

static struct generations named_generations(struct kernel *kernel)
{
	struct generations named = { .list = calloc(1024, sizeof(uint32_t)) };
	struct policy_head head;
	uint32_t key, *last = NULL;

	while (named.list && named.count < 1024 && !bpf_map_get_next_key(kernel->policy_heads, last, &key)) {
		if (!bpf_map_lookup_elem(kernel->policy_heads, &key, &head))
			named.list[named.count++] = head.generation;
		last = &key;
	}
	return named;
}

static bool is_named(const struct generations *named, uint32_t generation)
{
	size_t i;

	for (i = 0; i < named->count; i++)
		if (named->list[i] == generation)
			return true;
	return false;
}

/* Keys of both maps begin with their generation. */
static void sweep_map(int map, const struct generations *named, size_t bytes)
{
	char key[sizeof(struct edge_key)], next[sizeof(struct edge_key)];
	int more = bpf_map_get_next_key(map, NULL, key);

	while (!more) {
		uint32_t generation;

		more = bpf_map_get_next_key(map, key, next);
		memcpy(&generation, key, sizeof(generation));
		if (!is_named(named, generation))
			bpf_map_delete_elem(map, key);
		if (!more)
			memcpy(key, next, bytes);
	}
}

void policy_sweep(struct kernel *kernel)
{
	struct generations named = named_generations(kernel);

	if (!named.list)
		return;
	sweep_map(kernel->policy_files, &named, sizeof(struct file_key));
	sweep_map(kernel->policy_edges, &named, sizeof(struct edge_key));
	free(named.list);
}
