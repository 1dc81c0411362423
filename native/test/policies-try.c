/* Policies in maps of this kernel: when entries leave, what a full table answers, and what is kept on a full disk. Needs
 * root; a folder of 64 kB is mounted by whoever runs it: `policies-try FOLDER`. */
#include <fcntl.h>
#include <sys/stat.h>

#include "../sensor/policy-maps.h"
#include "kernel-maps.h"

#define GRACE 500000000ULL
#define MOST_PAGES 64 /* of the folder that is filled */

static struct kernel kernel;
static struct tables tables;

/* A policy with `edges` edges, whose children count from `first`. */
static struct policy *make(uint32_t number, uint32_t version, uint32_t edges, uint64_t first)
{
	size_t bytes = sizeof(struct wire_policy) + edges * sizeof(struct wire_policy_edge);
	struct wire_policy *head = calloc(1, bytes);
	struct wire_policy_edge *edge = (struct wire_policy_edge *)(head + 1);
	struct policy *policy;
	const char *reason;
	uint32_t i;

	head->policy = number;
	head->version = version;
	head->edges = edges;
	for (i = 0; i < edges; i++)
		edge[i].child = first + i;
	policy = policy_parse((char *)head, bytes, &reason);
	free(head);
	if (!policy)
		exit(2);
	return policy;
}

static const char *put(struct policies *policies, uint32_t number, uint32_t version, uint32_t edges)
{
	return policies_put(policies, make(number, version, edges, 1000 * version));
}

static bool is_full(const char *reason)
{
	return reason && !strcmp(reason, "the kernel's table is full");
}

static uint32_t version_of(uint32_t number)
{
	struct policy_head head = {};

	bpf_map_lookup_elem(kernel.policy_heads, &number, &head);
	return head.version;
}

static void try_grace(struct policies *policies)
{
	CHECK(!put(policies, 7, 1, 2));
	CHECK(!put(policies, 7, 2, 3));
	CHECK(version_of(7) == 2);
	now += GRACE - 1;
	policies_tick(policies);
	CHECK(entries_of(kernel.policy_edges) == 5);
	CHECK(policies->retired != NULL);
	now += 1;
	policies_tick(policies);
	CHECK(entries_of(kernel.policy_edges) == 3);
	CHECK(policies->retired == NULL);
	policies_forget(policies, 7);
	CHECK(version_of(7) == 0 && !policies_hold(policies, 7));
	now += GRACE - 1;
	policies_tick(policies);
	CHECK(entries_of(kernel.policy_edges) == 3);
	now += 1;
	policies_tick(policies);
	CHECK(entries_of(kernel.policy_edges) == 0);
}

static void forget_all(struct policies *policies)
{
	while (policies->first)
		policies_forget(policies, policies->first->head.policy);
	now += GRACE;
	policies_tick(policies);
	CHECK(entries_of(kernel.policy_edges) == 0 && entries_of(kernel.policy_heads) == 0);
}

static void try_full_heads(struct policies *policies)
{
	uint32_t number;

	for (number = 0; number < MAX_POLICIES; number++)
		CHECK(!put(policies, number, 1, 0));
	CHECK(is_full(put(policies, MAX_POLICIES, 1, 3)));
	CHECK(entries_of(kernel.policy_edges) == 0);
	CHECK(policies->count == MAX_POLICIES && !policies_hold(policies, MAX_POLICIES));
	CHECK(!put(policies, 5, 2, 0)); /* one that is there is replaced all the same */
	policies_forget(policies, 6);
	CHECK(!put(policies, MAX_POLICIES, 1, 3));
	forget_all(policies);
}

static void try_full_edges(struct policies *policies)
{
	CHECK(!policies_put(policies, make(1, 1, MAX_EDGES - 10, 1)));
	CHECK(is_full(put(policies, 2, 1, 11)));
	CHECK(entries_of(kernel.policy_edges) == MAX_EDGES - 10);
	CHECK(!policies_hold(policies, 2) && version_of(2) == 0);
	CHECK(!put(policies, 2, 1, 10));
	CHECK(is_full(put(policies, 2, 2, 11))); /* and the version before holds on */
	CHECK(version_of(2) == 1 && policies_hold(policies, 2));
	forget_all(policies);
}

static void try_without_table(struct policies *policies)
{
	struct policy *policy = make(3, 1, 0, 0);
	const char *reason;

	policy->head.table = 9;
	reason = policies_put(policies, policy);
	CHECK(reason && !strcmp(reason, "its table is not there"));
	CHECK(!policies_hold(policies, 3) && version_of(3) == 0);
}

/* A table is wanted as long as a policy may still be looked up with it. */
static void try_names(struct policies *policies)
{
	struct policy *policy = make(3, 1, 0, 0);

	policy->head.table = 9;
	policy->next = policies->first;
	policies->first = policy;
	CHECK(policies_name_table(policies, 9) && !policies_name_table(policies, 8));
	policies_forget(policies, 3);
	CHECK(policies_name_table(policies, 9) && !policies_name_table(policies, 8));
	now += GRACE - 1;
	policies_tick(policies);
	CHECK(policies_name_table(policies, 9));
	now += 1;
	policies_tick(policies);
	CHECK(!policies_name_table(policies, 9));
	policies->count++; /* it was not put */
}

/* Where the kernel's table is full, the room of those that were replaced is waited for. */
static void try_wait(struct policies *policies)
{
	CHECK(!policies_put(policies, make(1, 1, MAX_EDGES - 10, 1)));
	CHECK(!put(policies, 1, 2, 1));
	now += GRACE;
	CHECK(policies->retired && !put(policies, 2, 1, 11));
	CHECK(version_of(2) == 1 && entries_of(kernel.policy_edges) == 12 && !policies->retired);
	forget_all(policies);
}

static uint32_t value_of(uint32_t generation, uint64_t child, uint64_t applet)
{
	struct edge_key key = { .generation = generation, .child = child, .caller = 5, .applet = applet };
	uint32_t value = EDGE_NONE;

	bpf_map_lookup_elem(kernel.policy_edges, &key, &value);
	return value;
}

/* An edge of single applets says so in the entry for any; one that holds for any goes on doing so. */
static void try_applets(struct policies *policies)
{
	const struct wire_policy_edge edges[] = { { 2, 5, 78 }, { 1, 5, 77 }, { 2, 5, 77 }, { 1, 5, 0 } };
	struct policy *policy = make(3, 1, 4, 1);
	char frame[sizeof(struct wire_policy) + sizeof(edges)];
	uint32_t generation;
	const char *reason;

	memcpy(frame, policy->payload, sizeof(struct wire_policy));
	memcpy(frame + sizeof(struct wire_policy), edges, sizeof(edges));
	free(policy);
	policy = policy_parse(frame, sizeof(frame), &reason);
	CHECK(policy && !policies_put(policies, policy));
	generation = policy->generation;
	CHECK(value_of(generation, 1, 0) == EDGE_WHOLE && value_of(generation, 1, 77) == EDGE_WHOLE);
	CHECK(value_of(generation, 2, 0) == EDGE_APPLETS && value_of(generation, 2, 77) && value_of(generation, 2, 78));
	CHECK(!value_of(generation, 1, 78) && !value_of(generation, 2, 79));
	CHECK(entries_of(kernel.policy_edges) == 5);
	CHECK(policy_has_edge(policy, 2, 5) && !policy_has_edge(policy, 2, 0));
	forget_all(policies);
}

/* Takes what is left of the folder's room; never that of a disk. */
static void fill(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), pages = 0;
	char page[4096] = {};

	while (write(file, page, sizeof(page)) > 0)
		if (++pages > MOST_PAGES) {
			printf("%s lies on no small file system of its own\n", path);
			unlink(path);
			exit(2);
		}
	close(file);
}

/* Version of the policy that a sensor which starts now has; 0: none. */
static uint32_t kept(const char *folder, uint32_t number)
{
	struct policies again = {};
	const struct policy *policy;

	policies_open(&again, &kernel, &tables, folder);
	policy = policies_find(&again, number);
	return policy ? policy->head.version : 0;
}

static ino_t file_of(const char *folder, uint32_t number)
{
	char path[512];
	struct stat about = {};

	snprintf(path, sizeof(path), "%s/%u", folder, number);
	stat(path, &about);
	return about.st_ino;
}

static void try_keep(const char *folder)
{
	struct policies policies = {};
	char filler[512];
	ino_t before;

	snprintf(filler, sizeof(filler), "%s/filler", folder);
	policies_open(&policies, &kernel, &tables, folder);
	CHECK(!put(&policies, 4, 1, 100));
	before = file_of(folder, 4);
	CHECK(kept(folder, 4) == 1);
	CHECK(file_of(folder, 4) == before); /* a file made anew would be met again in the folder that is read */
	fill(filler);
	CHECK(!put(&policies, 4, 2, 2000)); /* it holds, and is not kept */
	CHECK(version_of(4) == 2);
	CHECK(kept(folder, 4) == 1);
	CHECK(!put(&policies, 4, 2, 100)); /* so short that it is written as its file is closed */
	CHECK(kept(folder, 4) == 1);
	CHECK(!put(&policies, 5, 1, 2000));
	CHECK(kept(folder, 5) == 0);
	unlink(filler);
	CHECK(!put(&policies, 4, 3, 2000));
	CHECK(kept(folder, 4) == 3);
	policies_forget(&policies, 4);
	CHECK(kept(folder, 4) == 0);
}

/* Entries that no head names were left by a sensor that ended while it wrote. */
static void try_sweep(struct policies *policies)
{
	struct edge_key left = { .generation = 99, .child = 1 };
	uint32_t yes = 1;

	forget_all(policies);
	CHECK(!put(policies, 8, 1, 4));
	bpf_map_update_elem(kernel.policy_edges, &left, &yes, BPF_ANY);
	left.generation = 0;
	bpf_map_update_elem(kernel.policy_edges, &left, &yes, BPF_ANY);
	CHECK(entries_of(kernel.policy_edges) == 6);
	policy_sweep(&kernel);
	CHECK(entries_of(kernel.policy_edges) == 4);
}

int main(int count, char **words)
{
	static struct policies policies;
	char folder[256], own[] = "/tmp/seawall-policies-XXXXXX";

	if (count != 2 || !mkdtemp(own))
		return 2;
	make_kernel(&kernel);
	CHECK(!tables_open(&tables, &kernel, -1));
	policies_open(&policies, &kernel, &tables, own);
	try_grace(&policies);
	try_full_heads(&policies);
	try_full_edges(&policies);
	try_without_table(&policies);
	try_names(&policies);
	try_wait(&policies);
	try_applets(&policies);
	snprintf(folder, sizeof(folder), "%s/kept", words[1]);
	try_keep(folder);
	for (count = 4; count < 6; count++)
		bpf_map_delete_elem(kernel.policy_heads, &count);
	policy_sweep(&kernel);
	try_sweep(&policies);
	policies_remove(own);
	return failures > 0;
}
