#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "log.h"
#include "policies.h"

#define PATH_LENGTH 512
#define GRACE_NS 500000000ULL /* far longer than a program in the kernel takes */

static int compare_files(const void *a, const void *b)
{
	uint64_t left = ((const struct wire_policy_file *)a)->file.inode;
	uint64_t right = ((const struct wire_policy_file *)b)->file.inode;

	return left < right ? -1 : left > right;
}

static int compare_edges(const void *a, const void *b)
{
	const struct wire_policy_edge *left = a, *right = b;

	if (left->child != right->child)
		return left->child < right->child ? -1 : 1;
	return left->caller < right->caller ? -1 : left->caller > right->caller;
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct wire_policy_digest));
}

/* Length of `count` texts at the start of `bytes`; more than `bytes` when they do not fit. */
static size_t texts_length(const char *from, size_t bytes, uint32_t count)
{
	size_t at = 0;

	while (count--) {
		uint16_t length;

		if (bytes - at < sizeof(length))
			return bytes + 1;
		memcpy(&length, from + at, sizeof(length));
		at += sizeof(length);
		if (bytes - at < length)
			return bytes + 1;
		at += length;
	}
	return at;
}

struct policy *policy_parse(const char *payload, size_t bytes, const char **reason)
{
	struct policy *policy;
	uint64_t arrays;
	size_t texts;
	char *at;

	*reason = "the frame is no policy";
	if (bytes < sizeof(struct wire_policy))
		return NULL;
	policy = malloc(sizeof(*policy) + bytes);
	if (!policy)
		return NULL;
	memcpy(policy->payload, payload, bytes);
	memcpy(&policy->head, payload, sizeof(policy->head));
	policy->bytes = bytes;
	policy->images = policy->payload + sizeof(policy->head);
	bytes -= sizeof(policy->head);
	texts = policy->head.images <= bytes ? texts_length(policy->images, bytes, policy->head.images) : bytes + 1;
	arrays = (uint64_t)policy->head.files * sizeof(struct wire_policy_file) +
		 (uint64_t)policy->head.edges * sizeof(struct wire_policy_edge) +
		 (uint64_t)policy->head.digests * sizeof(struct wire_policy_digest);
	if (texts > bytes || arrays != bytes - texts) {
		*reason = "its counts do not add up to its length";
		free(policy);
		return NULL;
	}
	if (policy->head.drift_effect > WIRE_EFFECT_PREVENT || policy->head.code_effect > WIRE_EFFECT_PREVENT ||
	    policy->head.model_effect > WIRE_EFFECT_PREVENT) {
		*reason = "an effect is not known";
		free(policy);
		return NULL;
	}
	at = policy->payload + sizeof(policy->head) + texts;
	policy->files = (struct wire_policy_file *)at;
	at += policy->head.files * sizeof(struct wire_policy_file);
	policy->edges = (struct wire_policy_edge *)at;
	at += policy->head.edges * sizeof(struct wire_policy_edge);
	policy->digests = (struct wire_policy_digest *)at;
	qsort(policy->files, policy->head.files, sizeof(*policy->files), compare_files);
	qsort(policy->edges, policy->head.edges, sizeof(*policy->edges), compare_edges);
	qsort(policy->digests, policy->head.digests, sizeof(*policy->digests), compare_digests);
	return policy;
}

static void keep(struct policies *policies, const struct policy *policy)
{
	char path[PATH_LENGTH], part[PATH_LENGTH];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", policies->folder, policy->head.policy);
	snprintf(part, sizeof(part), "%s/.part", policies->folder);
	file = fopen(part, "we");
	if (!file)
		return;
	if (fwrite(policy->payload, policy->bytes, 1, file) != 1)
		log_line("%s cannot be kept", path);
	if (fclose(file) == 0)
		rename(part, path);
}

static struct policy *take(struct policies *policies, uint32_t number)
{
	struct policy **at;

	for (at = &policies->first; *at; at = &(*at)->next) {
		struct policy *policy = *at;

		if (policy->head.policy != number)
			continue;
		*at = policy->next;
		policies->count--;
		return policy;
	}
	return NULL;
}

/* Takes a policy's entries from the kernel once no program there can be on its way from the old head to them: a look-up
 * that finds nothing is a reason to kill. */
static void retire(struct policies *policies, struct policy *old)
{
	if (!old)
		return;
	old->retired = boot_now();
	old->next = policies->retired;
	policies->retired = old;
}

void policies_tick(struct policies *policies)
{
	struct policy **at = &policies->retired;
	uint64_t now = boot_now();

	while (*at) {
		struct policy *policy = *at;

		if (now < policy->retired + GRACE_NS) {
			at = &policy->next;
			continue;
		}
		*at = policy->next;
		policy_from_kernel(policies->kernel, policy);
		free(policy);
	}
}

/* Writes the policy to the kernel; where its tables are full, once more after the room of retired ones is free. */
static const char *write_policy(struct policies *policies, struct policy *policy)
{
	const char *reason = policy_to_kernel(policies->kernel, policy);

	if (!reason || !policies->retired)
		return reason;
	usleep(GRACE_NS / 1000);
	policies_tick(policies);
	return policy_to_kernel(policies->kernel, policy);
}

const char *policies_put(struct policies *policies, struct policy *policy)
{
	const char *reason = write_policy(policies, policy);
	struct policy *old;

	if (reason) {
		free(policy);
		return reason;
	}
	pthread_rwlock_wrlock(&policies->lock);
	old = take(policies, policy->head.policy);
	policy->next = policies->first;
	policies->first = policy;
	policies->count++;
	pthread_rwlock_unlock(&policies->lock);
	retire(policies, old);
	keep(policies, policy);
	return NULL;
}

void policies_forget(struct policies *policies, uint32_t number)
{
	char path[PATH_LENGTH];
	struct policy *old;

	bpf_map_delete_elem(policies->kernel->policy_heads, &number);
	pthread_rwlock_wrlock(&policies->lock);
	old = take(policies, number);
	pthread_rwlock_unlock(&policies->lock);
	retire(policies, old);
	snprintf(path, sizeof(path), "%s/%u", policies->folder, number);
	unlink(path);
}

static void take_kept(struct policies *policies, const char *path)
{
	FILE *file = fopen(path, "re");
	const char *reason = "it cannot be read";
	struct policy *policy = NULL;
	struct stat about;
	char *payload;

	if (!file)
		return;
	payload = fstat(fileno(file), &about) == 0 && about.st_size <= WIRE_MAX_FRAME ? malloc(about.st_size + 1) : NULL;
	if (payload && fread(payload, about.st_size, 1, file) == 1)
		policy = policy_parse(payload, about.st_size, &reason);
	if (policy)
		reason = policies_put(policies, policy);
	if (reason)
		log_line("%s: %s", path, reason);
	free(payload);
	fclose(file);
}

void policies_open(struct policies *policies, struct kernel *kernel, const char *folder)
{
	char path[PATH_LENGTH];
	struct dirent *entry;
	DIR *kept;

	pthread_rwlock_init(&policies->lock, NULL);
	policies->kernel = kernel;
	snprintf(policies->folder, sizeof(policies->folder), "%s", folder);
	mkdir(folder, 0700);
	kept = opendir(folder);
	while (kept && (entry = readdir(kept))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		take_kept(policies, path);
	}
	if (kept)
		closedir(kept);
	policy_sweep(kernel);
}

void policies_remove(const char *folder)
{
	char path[PATH_LENGTH];
	struct dirent *entry;
	DIR *kept = opendir(folder);

	while (kept && (entry = readdir(kept))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (kept)
		closedir(kept);
	rmdir(folder);
}

static bool names(const struct policy *policy, const char *image)
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

uint32_t policies_for_image(struct policies *policies, const char *image)
{
	const struct policy *policy;
	uint32_t number = 0;

	policies_read(policies);
	for (policy = policies->first; policy && !number; policy = policy->next)
		if (names(policy, image))
			number = policy->head.policy;
	policies_done(policies);
	return number;
}

void policies_read(struct policies *policies)
{
	pthread_rwlock_rdlock(&policies->lock);
}

void policies_done(struct policies *policies)
{
	pthread_rwlock_unlock(&policies->lock);
}

const struct policy *policies_find(struct policies *policies, uint32_t number)
{
	const struct policy *policy = policies->first;

	while (policy && policy->head.policy != number)
		policy = policy->next;
	return policy;
}

const struct wire_policy_file *policy_file(const struct policy *policy, uint64_t inode)
{
	struct wire_policy_file wanted = { .file.inode = inode };

	return bsearch(&wanted, policy->files, policy->head.files, sizeof(wanted), compare_files);
}

bool policy_has_edge(const struct policy *policy, uint64_t child, uint64_t caller)
{
	struct wire_policy_edge wanted = { .child = child, .caller = caller };

	return bsearch(&wanted, policy->edges, policy->head.edges, sizeof(wanted), compare_edges) != NULL;
}

bool policy_has_digest(const struct policy *policy, const uint8_t *sha256)
{
	return bsearch(sha256, policy->digests, policy->head.digests, sizeof(*policy->digests), compare_digests) != NULL;
}
