/* The guard with a fixed policy and without the rest of the sensor.
 *
 * `guard-try observe|alert|prevent [BUDGET_MS [SHA256]]` refuses or reports what is not the image's; a file with that
 * SHA-256 is allowed. Commands on standard input, each answered by a line: `mark MERGED CGROUP`, `mount PATH CGROUP`,
 * `unmark CGROUP`, `forget`, `count`, `hang MS` (the next question hangs so long), `keep` (the kernel need not ask again
 * for programs of the image). Events are printed, one JSON object a line. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../sensor/guard/guard.h"

#define COPIES 16

struct policy {
	uint8_t verdict;
	uint8_t allowed[32];
	int by_digest;
	int keep;
	unsigned hang_ms;
	struct wire_file copies[COPIES]; /* that have the content of the image's own file */
	unsigned copies_next;
};

static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static void hang(struct policy *policy)
{
	unsigned ms = __atomic_exchange_n(&policy->hang_ms, 0, __ATOMIC_RELAXED);
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (ms > 0)
		nanosleep(&time, NULL);
}

static void answer_drift(struct policy *policy, const struct guard_digest *digest, struct guard_answer *answer)
{
	answer->verdict = policy->verdict;
	if (!policy->by_digest)
		return;
	if (!digest->known)
		answer->flags |= GUARD_ANSWER_BY_DIGEST;
	else if (memcmp(digest->sha256, policy->allowed, 32) == 0)
		answer->verdict = WIRE_OBSERVED;
}

static int is_copy(struct policy *policy, const struct wire_file *file, const struct guard_copy *copy)
{
	if (copy->known && copy->same && copy->lasting)
		policy->copies[policy->copies_next++ % COPIES] = *file;
	for (unsigned at = 0; at < COPIES && at < policy->copies_next; at++)
		if (memcmp(&policy->copies[at], file, sizeof(*file)) == 0)
			return 1;
	return copy->known && copy->same;
}

static void judge_exec(void *ctx, const struct guard_exec *question, struct guard_answer *answer)
{
	struct policy *policy = ctx;

	hang(policy);
	answer->policy = 1;
	answer->version = 1;
	if (question->origin == WIRE_ORIGIN_IMAGE) {
		if (policy->keep)
			answer->flags |= GUARD_ANSWER_KEEP;
		return;
	}
	if (is_copy(policy, &question->file, &question->copy))
		return;
	answer->reason = WIRE_REASON_DRIFT;
	answer->flags |= question->origin == WIRE_ORIGIN_UPPER ? GUARD_ANSWER_BY_COPY : 0;
	answer_drift(policy, &question->digest, answer);
}

static void judge_code(void *ctx, const struct guard_code *question, struct guard_answer *answer)
{
	struct policy *policy = ctx;

	hang(policy);
	if (is_copy(policy, &question->file, &question->copy))
		return;
	answer->reason = WIRE_REASON_CODE;
	answer->flags |= question->origin == WIRE_ORIGIN_UPPER ? GUARD_ANSWER_BY_COPY : 0;
	answer_drift(policy, &question->digest, answer);
	if (answer->verdict == WIRE_REFUSED && (question->flags & GUARD_CODE_SAME_PROGRAM))
		answer->verdict = WIRE_ALERTED;
}

/* Whoever asks what cannot be told is of the one container. */
static uint64_t container_of(void *ctx, uint32_t thread)
{
	(void)ctx;
	(void)thread;
	return 1;
}

static void print_text(const char *name, const char *text, size_t length)
{
	printf(",\"%s\":\"", name);
	for (size_t at = 0; at < length; at++) {
		unsigned char byte = (unsigned char)text[at];

		if (byte < 32 || byte == '"' || byte == '\\' || byte > 126)
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	putchar('"');
}

static void print_process(const struct guard_process *process)
{
	printf(",\"pid\":%u,\"parent\":%u,\"uid\":%u,\"start\":%llu,\"programOrigin\":%u,\"ancestors\":[", process->pid,
	       process->parent, process->uid, (unsigned long long)process->start, process->origin);
	for (int at = 0; at < process->ancestors; at++)
		printf("%s{\"pid\":%u,\"path\":\"%s\"}", at ? "," : "", process->ancestry[at].pid,
		       process->ancestor_paths[at]);
	printf("]");
	print_text("program", process->path, strlen(process->path));
}

static void print_file(const struct wire_file *file, const struct guard_digest *digest)
{
	printf(",\"device\":%u,\"inode\":%llu,\"size\":%llu", file->device, (unsigned long long)file->inode,
	       (unsigned long long)file->size);
	if (!digest->known)
		return;
	printf(",\"sha256\":\"");
	for (int at = 0; at < 32; at++)
		printf("%02x", digest->sha256[at]);
	printf("\",\"md5\":\"");
	for (int at = 0; at < 16; at++)
		printf("%02x", digest->md5[at]);
	printf("\"");
}

static void report(void *ctx, struct guard_event *event)
{
	const struct guard_exec *exec = event->exec;
	const struct guard_code *code = event->code;

	(void)ctx;
	pthread_mutex_lock(&printing);
	printf("{\"kind\":%u,\"cgroup\":%llu,\"count\":%llu", event->kind, (unsigned long long)event->cgroup,
	       (unsigned long long)event->count);
	if (event->answer != NULL)
		printf(",\"verdict\":%u,\"reason\":%u", event->answer->verdict, event->answer->reason);
	if (exec != NULL) {
		printf(",\"origin\":%u,\"role\":%u,\"late\":%u", exec->origin, exec->role, exec->copy.late);
		print_text("path", exec->path, strlen(exec->path));
		print_file(&exec->file, &exec->digest);
		print_process(&exec->caller);
	}
	if (code != NULL) {
		printf(",\"origin\":%u,\"code\":%u,\"flags\":%u", code->origin, code->kind, code->flags);
		print_text("path", code->path, strlen(code->path));
		print_text("writer", code->writer, strlen(code->writer));
		print_text("argv", code->argv, code->argv_length);
		print_file(&code->file, &code->digest);
		print_process(&code->opener);
	}
	printf("}\n");
	fflush(stdout);
	pthread_mutex_unlock(&printing);
}

static unsigned long resident_kib(void)
{
	char line[256];
	unsigned long kib = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "VmRSS: %lu", &kib) == 1)
			break;
	if (file != NULL)
		fclose(file);
	return kib;
}

static void answer(const char *text)
{
	pthread_mutex_lock(&printing);
	printf("%s\n", text);
	fflush(stdout);
	pthread_mutex_unlock(&printing);
}

static void obey(struct guard *guard, struct policy *policy, const char *line)
{
	char path[4096], text[256];
	unsigned long long cgroup;
	unsigned ms;
	int error = 0;

	if (sscanf(line, "mark %4095s %llu", path, &cgroup) == 2) {
		error = guard_mark(guard, path, cgroup);
	} else if (sscanf(line, "mount %4095s %llu", path, &cgroup) == 2) {
		error = guard_mark_mount(guard, path, cgroup);
	} else if (sscanf(line, "unmark %llu", &cgroup) == 1) {
		guard_unmark(guard, cgroup);
	} else if (strcmp(line, "forget\n") == 0) {
		guard_forget(guard);
	} else if (strcmp(line, "keep\n") == 0) {
		policy->keep = 1;
	} else if (sscanf(line, "hang %u", &ms) == 1) {
		__atomic_store_n(&policy->hang_ms, ms, __ATOMIC_RELAXED);
	} else if (strcmp(line, "count\n") == 0) {
		struct guard_counts counts;

		guard_count(guard, &counts);
		snprintf(
			text, sizeof(text),
			"{\"permissions\":%llu,\"late\":%llu,\"nsTotal\":%llu,\"marks\":%u,\"waiting\":%u,\"residentKib\":%lu}",
			(unsigned long long)counts.permissions, (unsigned long long)counts.late,
			(unsigned long long)counts.ns_total, counts.marks, counts.waiting, resident_kib());
		answer(text);
		return;
	} else {
		error = -EINVAL;
	}
	answer(error == 0 ? "ok" : strerror(-error));
}

int main(int count, char **words)
{
	static struct policy policy;
	struct guard_callbacks cb = { .judge_exec = judge_exec,
				      .judge_code = judge_code,
				      .container_of = container_of,
				      .report = report,
				      .ctx = &policy };
	struct guard *guard;
	uint32_t features = 0;
	char line[8192];

	if (count < 2)
		return 2;
	policy.verdict = strcmp(words[1], "prevent") == 0 ? WIRE_REFUSED
			 : strcmp(words[1], "alert") == 0 ? WIRE_ALERTED
							  : WIRE_OBSERVED;
	if (count > 3) {
		policy.by_digest = 1;
		for (int at = 0; at < 32; at++)
			sscanf(words[3] + 2 * at, "%2hhx", &policy.allowed[at]);
	}
	guard = guard_open(&cb, count > 2 ? (unsigned)atoi(words[2]) : 200, &features);
	if (guard == NULL) {
		perror("fanotify");
		return 1;
	}
	answer("ready");
	while (fgets(line, sizeof(line), stdin) != NULL)
		obey(guard, &policy, line);
	guard_close(guard);
	return 0;
}
