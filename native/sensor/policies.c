#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "log.h"
#include "policies.h"
#include "policy-maps.h"

#define GRACE_NS 500000000ULL /* far longer than a program in the kernel takes */

/* Keeps the policy for the next start. Where there is no room, what was kept of it before stays. */
static void keep(struct policies *policies, const struct policy *policy)
{
	char path[PATH_MAX], part[PATH_MAX];
	bool whole = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", policies->folder, policy->head.policy);
	snprintf(part, sizeof(part), "%s/.part", policies->folder);
	file = fopen(part, "we");
	if (file) {
		whole = fwrite(policy->payload, policy->bytes, 1, file) == 1;
		whole &= fclose(file) == 0;
	}
	if (whole && rename(part, path) == 0)
		return;
	log_line("%s is not kept for the next start: %s", path, strerror(errno));
	unlink(part);
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

bool policies_name_table(void *given, uint32_t number)
{
	struct policies *policies = given;
	const struct policy *policy;
	bool named = false;

	policies_read(policies);
	for (policy = policies->first; policy && !named; policy = policy->next)
		named = policy->head.table == number;
	for (policy = policies->retired; policy && !named; policy = policy->next)
		named = policy->head.table == number;
	policies_done(policies);
	return named;
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

/* The same as policies_put, for one that is kept already. */
static const char *put(struct policies *policies, struct policy *policy)
{
	const char *reason = "its table is not there";
	struct policy *old;

	if (!policy->head.table || tables_has(policies->tables, policy->head.table))
		reason = write_policy(policies, policy);
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
	return NULL;
}

const char *policies_put(struct policies *policies, struct policy *policy)
{
	const char *reason = put(policies, policy);

	if (!reason)
		keep(policies, policy);
	return reason;
}

void policies_forget(struct policies *policies, uint32_t number)
{
	char path[PATH_MAX];
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
	payload =
		fstat(fileno(file), &about) == 0 && about.st_size <= WIRE_MAX_FRAME ? malloc(about.st_size + 1) : NULL;
	if (payload && fread(payload, about.st_size, 1, file) == 1)
		policy = policy_parse(payload, about.st_size, &reason);
	if (policy)
		reason = put(policies, policy);
	if (reason)
		log_line("%s: %s", path, reason);
	free(payload);
	fclose(file);
}

void policies_open(struct policies *policies, struct kernel *kernel, struct tables *tables, const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *kept;

	pthread_rwlock_init(&policies->lock, NULL);
	policies->kernel = kernel;
	policies->tables = tables;
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
	char path[PATH_MAX];
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

uint32_t policies_for_image(struct policies *policies, const char *image)
{
	const struct policy *policy;
	uint32_t number = 0;

	policies_read(policies);
	for (policy = policies->first; policy && !number; policy = policy->next)
		if (policy_names(policy, image))
			number = policy->head.policy;
	policies_done(policies);
	return number;
}

bool policies_hold(struct policies *policies, uint32_t number)
{
	bool held;

	policies_read(policies);
	held = policies_find(policies, number) != NULL;
	policies_done(policies);
	return held;
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
