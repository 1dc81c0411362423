/* Policies in the kernel's maps. The entries of a policy carry its generation: they are written before the head names
 * it, so a policy is there whole or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "map-put.h"
#include "policy-maps.h"

static const char *why(void)
{
	return errno == E2BIG || errno == ENOSPC ? "the kernel's table is full" : strerror(errno);
}

static struct edge_key edge_of(const struct policy *policy, uint32_t i)
{
	return (struct edge_key){
		.generation = policy->generation,
		.child = policy->edges[i].child,
		.caller = policy->edges[i].caller,
		.applet = policy->edges[i].applet,
	};
}

static struct edge_key tool_of(const struct policy *policy, uint32_t i)
{
	return (struct edge_key){
		.generation = policy->generation,
		.child = policy->tools[i].inode,
		.caller = TOOL_CALLER,
	};
}

/* One for any applet comes first where there are both: then it stays. */
static int write_edge(struct kernel *kernel, struct edge_key key)
{
	uint32_t whole = EDGE_WHOLE, applets = EDGE_APPLETS;

	if (map_put(kernel->policy_edges, &key, &whole, BPF_ANY))
		return -1;
	if (key.applet == APPLET_ANY)
		return 0;
	key.applet = APPLET_ANY;
	return map_put(kernel->policy_edges, &key, &applets, BPF_NOEXIST) && errno != EEXIST ? -1 : 0;
}

static int write_edges(struct kernel *kernel, const struct policy *policy)
{
	uint32_t i, yes = 1;

	for (i = 0; i < policy->head.edges; i++)
		if (write_edge(kernel, edge_of(policy, i)))
			return -1;
	for (i = 0; i < policy->head.tools; i++) {
		struct edge_key key = tool_of(policy, i);

		if (map_put(kernel->policy_edges, &key, &yes, BPF_ANY))
			return -1;
	}
	return 0;
}

void policy_from_kernel(struct kernel *kernel, const struct policy *policy)
{
	uint32_t i;

	for (i = 0; i < policy->head.edges; i++) {
		struct edge_key key = edge_of(policy, i);

		bpf_map_delete_elem(kernel->policy_edges, &key);
		key.applet = APPLET_ANY;
		bpf_map_delete_elem(kernel->policy_edges, &key);
	}
	for (i = 0; i < policy->head.tools; i++) {
		struct edge_key key = tool_of(policy, i);

		bpf_map_delete_elem(kernel->policy_edges, &key);
	}
}

const char *policy_to_kernel(struct kernel *kernel, struct policy *policy)
{
	struct policy_head head = {
		.version = policy->head.version,
		.flags = policy->head.flags,
		.table = policy->head.table,
		.drift_effect = policy->head.drift_effect,
		.code_effect = policy->head.code_effect,
		.model_effect = policy->head.model_effect,
		.tool_effect = policy->head.tool_effect,
	};

	policy->generation = head.generation = ++kernel->settings->generation;
	if (write_edges(kernel, policy) || map_put(kernel->policy_heads, &policy->head.policy, &head, BPF_ANY)) {
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
	struct generations named = { .list = calloc(MAX_POLICIES, sizeof(uint32_t)) };
	struct policy_head head;
	uint32_t key, *last = NULL;

	while (named.list && named.count < MAX_POLICIES && !bpf_map_get_next_key(kernel->policy_heads, last, &key)) {
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

void policy_sweep(struct kernel *kernel)
{
	struct generations named = named_generations(kernel);
	struct edge_key key, next;
	int more = named.list ? bpf_map_get_next_key(kernel->policy_edges, NULL, &key) : -1;

	while (!more) {
		more = bpf_map_get_next_key(kernel->policy_edges, &key, &next);
		if (!is_named(&named, key.generation))
			bpf_map_delete_elem(kernel->policy_edges, &key);
		key = next;
	}
	free(named.list);
}
