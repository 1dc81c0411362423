/* Reads a policy's frame, and looks into what it holds: no system call, so that any bytes can be tried on it. */
#include <stdlib.h>
#include <string.h>

#include "code-folder.h"
#include "policy.h"

#define KNOWN_FLAGS (WIRE_POLICY_TABLED | WIRE_POLICY_MODELLED | WIRE_POLICY_SKIP_EXEC_SESSIONS)

static int compare_tools(const void *a, const void *b)
{
	uint64_t left = ((const struct wire_policy_tool *)a)->inode;
	uint64_t right = ((const struct wire_policy_tool *)b)->inode;

	return left < right ? -1 : left > right;
}

static int compare_edges(const void *a, const void *b)
{
	const struct wire_policy_edge *left = a, *right = b;

	if (left->child != right->child)
		return left->child < right->child ? -1 : 1;
	return left->caller < right->caller ? -1 : left->caller > right->caller;
}

static int compare_whole_edges(const void *a, const void *b)
{
	const struct wire_policy_edge *left = a, *right = b;
	int order = compare_edges(a, b);

	if (order)
		return order;
	return left->applet < right->applet ? -1 : left->applet > right->applet;
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct wire_policy_digest));
}

/* Length of `count` names at the start of `bytes`, each behind so many bytes of a `head`; more than `bytes` when they do not
 * fit. `*empty` when one is. */
static size_t names_length(const char *from, size_t bytes, uint32_t count, size_t head, bool *empty)
{
	size_t at = 0;

	while (count--) {
		uint16_t length;

		if (bytes - at < head + sizeof(length))
			return bytes + 1;
		memcpy(&length, from + at + head, sizeof(length));
		at += head + sizeof(length);
		if (bytes - at < length)
			return bytes + 1;
		*empty |= !length;
		at += length;
	}
	return at;
}

static const char *head_problem(const struct wire_policy *head)
{
	if (head->drift_effect > WIRE_EFFECT_PREVENT || head->code_effect > WIRE_EFFECT_PREVENT ||
	    head->model_effect > WIRE_EFFECT_PREVENT || head->tool_effect > WIRE_EFFECT_PREVENT)
		return "an effect is not known";
	if (head->flags & ~KNOWN_FLAGS)
		return "a flag is not known";
	if ((head->flags & WIRE_POLICY_TABLED) && !head->table)
		return "it counts on a table and names none";
	if ((uint64_t)head->tools + head->edges > MAX_EDGES)
		return "it has more tools and edges than the kernel has room for";
	return NULL;
}

/* Finds the arrays behind the names. NULL, or why the frame is none. */
static const char *lay_out(struct policy *policy)
{
	const struct wire_policy *head = &policy->head;
	size_t bytes = policy->bytes - sizeof(*head), names, rest;
	uint64_t arrays = (uint64_t)head->tools * sizeof(struct wire_policy_tool) +
			  (uint64_t)head->edges * sizeof(struct wire_policy_edge) +
			  (uint64_t)head->digests * sizeof(struct wire_policy_digest);
	bool empty = false;
	char *at;

	policy->images = policy->payload + sizeof(*head);
	names = names_length(policy->images, bytes, head->images, 0, &empty);
	if (names > bytes || arrays > bytes - names)
		return "its counts do not add up to its length";
	at = policy->payload + sizeof(*head) + names;
	rest = bytes - names - arrays;
	policy->folders = at + arrays;
	if (names_length(policy->folders, rest, head->folders, sizeof(struct wire_policy_folder), &empty) != rest)
		return "its counts do not add up to its length";
	if (empty)
		return "the name of an image or folder is empty";
	policy->tools = (struct wire_policy_tool *)at;
	at += head->tools * sizeof(struct wire_policy_tool);
	policy->edges = (struct wire_policy_edge *)at;
	at += head->edges * sizeof(struct wire_policy_edge);
	policy->digests = (struct wire_policy_digest *)at;
	return NULL;
}

/* In the kernel's map tools and edges lie side by side. */
static const char *edges_problem(const struct policy *policy)
{
	uint32_t i;

	for (i = 0; i < policy->head.edges; i++)
		if (policy->edges[i].caller == TOOL_CALLER)
			return "a caller is no inode";
	return NULL;
}

struct policy *policy_parse(const char *payload, size_t bytes, const char **reason)
{
	struct policy *policy;

	*reason = "the frame is no policy";
	if (bytes < sizeof(struct wire_policy))
		return NULL;
	*reason = "no memory";
	policy = calloc(1, sizeof(*policy) + bytes);
	if (!policy)
		return NULL;
	memcpy(policy->payload, payload, bytes);
	memcpy(&policy->head, payload, sizeof(policy->head));
	policy->bytes = bytes;
	*reason = head_problem(&policy->head);
	if (!*reason)
		*reason = lay_out(policy);
	if (!*reason)
		*reason = edges_problem(policy);
	if (*reason) {
		free(policy);
		return NULL;
	}
	qsort(policy->tools, policy->head.tools, sizeof(*policy->tools), compare_tools);
	qsort(policy->edges, policy->head.edges, sizeof(*policy->edges), compare_whole_edges);
	qsort(policy->digests, policy->head.digests, sizeof(*policy->digests), compare_digests);
	return policy;
}

bool policy_names(const struct policy *policy, const char *image)
{
	const char *at = policy->images;
	uint32_t i;

	for (i = 0; i < policy->head.images; i++) {
		uint16_t length;

		memcpy(&length, at, sizeof(length));
		at += sizeof(length);
		if (length == strlen(image) && !memcmp(at, image, length))
			return true;
		at += length;
	}
	return false;
}

bool policy_is_tool(const struct policy *policy, uint64_t inode)
{
	struct wire_policy_tool wanted = { .inode = inode };

	return bsearch(&wanted, policy->tools, policy->head.tools, sizeof(wanted), compare_tools) != NULL;
}

bool policy_has_edge(const struct policy *policy, uint64_t child, uint64_t caller)
{
	struct wire_policy_edge wanted = { .child = child, .caller = caller };

	return bsearch(&wanted, policy->edges, policy->head.edges, sizeof(wanted), compare_edges) != NULL;
}

bool policy_has_digest(const struct policy *policy, const uint8_t *sha256)
{
	return bsearch(sha256, policy->digests, policy->head.digests, sizeof(*policy->digests), compare_digests) !=
	       NULL;
}

bool policy_has_folder(const struct policy *policy, uint64_t program, const char *path)
{
	char folder[CODE_FOLDER_BYTES];
	size_t used = policy->head.folders ? code_folder(path, folder) : 0;
	const char *at = policy->folders;
	uint32_t i;

	for (i = 0; used && i < policy->head.folders; i++) {
		struct wire_policy_folder one;
		uint16_t length;

		memcpy(&one, at, sizeof(one));
		memcpy(&length, at + sizeof(one), sizeof(length));
		at += sizeof(one) + sizeof(length);
		if (one.program == program && length == used && !memcmp(at, folder, used))
			return true;
		at += length;
	}
	return false;
}
