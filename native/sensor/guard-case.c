#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guard-inner.h"
#include "mask.h"

/* When a file that was let through is looked at again, after it was opened. */
static const uint64_t looks[] = { 5 * GUARD_MILLISECOND, 50 * GUARD_MILLISECOND, 500 * GUARD_MILLISECOND };

const char *case_text(struct guard_case *matter, const char *text, size_t length)
{
	char *place = matter->texts + matter->used;

	if (matter->used + length + 1 > sizeof(matter->texts))
		return "";
	memcpy(place, text, length);
	place[length] = '\0';
	matter->used += length + 1;
	return place;
}

struct guard_case *case_new(struct guard_watch *watch, int file)
{
	struct guard_case *matter = watch->spare;

	watch->spare = NULL;
	if (matter == NULL)
		matter = malloc(sizeof(*matter));
	if (matter == NULL)
		return NULL;
	memset(matter, 0, offsetof(struct guard_case, texts));
	matter->file = file;
	matter->state = CASE_ASKED;
	return matter;
}

static void case_free(struct guard_watch *watch, struct guard_case *matter)
{
	if (matter->file >= 0)
		close(matter->file);
	if (watch->spare == NULL)
		watch->spare = matter;
	else
		free(matter);
}

static void keep(struct guard_watch *watch, struct guard_case *matter)
{
	matter->next = watch->waiting;
	watch->waiting = matter;
	watch->cases++;
}

static const struct guard_process *process_in(const struct guard_case *matter)
{
	return matter->code ? &matter->asked.opener : &matter->exec.caller;
}

static struct guard_digest *digest_in(struct guard_case *matter)
{
	return matter->code ? &matter->asked.digest : &matter->exec.digest;
}

static uint64_t cgroup_of(const struct guard_case *matter)
{
	return matter->code ? matter->asked.cgroup : matter->exec.cgroup;
}

static int judge(struct guard_watch *watch, struct guard_case *matter)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	memset(&matter->answer, 0, sizeof(matter->answer));
	matter->forgets = __atomic_load_n(&watch->guard->forgets, __ATOMIC_ACQUIRE);
	return matter->code ? cb->judge_code(cb->ctx, &matter->asked, &matter->answer)
			    : cb->judge_exec(cb->ctx, &matter->exec, &matter->answer);
}

/* Ancestors and the like cost reads of /proc: only for what is told, while the process is held. */
static void describe_more(struct guard_case *matter)
{
	struct guard_process *process = (struct guard_process *)process_in(matter);
	struct process_line line;
	char text[PATH_MAX];
	uint32_t next;
	size_t length;

	process->pid = process_of(process->thread);
	process->uid = process_uid(process->thread);
	if (!process_line(process->thread, &line))
		return;
	process->start = line.start;
	process->parent = line.parent;
	if (matter->code) {
		char words[2048];
		size_t before = matter->used;

		length = process_arguments(process->thread, words, sizeof(words));
		length = mask_argv(words, length);
		matter->asked.argv = case_text(matter, words, length);
		matter->asked.argv_length = matter->used == before ? 0 : (uint32_t)length; /* there may have been no room */
	}
	for (next = line.parent; next > 1 && process->ancestors < WIRE_EXEC_ANCESTORS; next = line.parent) {
		if (!process_line(next, &line))
			break;
		length = process_program(next, text, sizeof(text));
		process->ancestry[process->ancestors].pid = next;
		process->ancestry[process->ancestors].start = line.start;
		process->ancestor_paths[process->ancestors++] = case_text(matter, text, length);
	}
}

static void tell(struct guard_watch *watch, struct guard_case *matter)
{
	struct guard_event event = { .kind = matter->code ? GUARD_EVENT_CODE : GUARD_EVENT_EXEC, .time = guard_boot_now(),
				     .cgroup = cgroup_of(matter), .count = 1, .answer = &matter->answer };

	if (matter->code)
		event.code = &matter->asked;
	else
		event.exec = &matter->exec;
	watch->guard->cb.tell(watch->guard->cb.ctx, &event);
}

static bool start_hashing(struct guard_watch *watch, struct guard_case *matter)
{
	if (matter->hashing)
		return true;
	if (watch->hasher == NULL || watch->cases >= GUARD_CASES_MAX)
		return false;
	matter->job = (struct hash_job){ .file = matter->file, .digest = digest_in(matter),
					 .identity = matter->code ? matter->asked.file : matter->exec.file };
	matter->hashing = hasher_put(watch->hasher, &matter->job);
	return matter->hashing;
}

static bool tells(const struct guard_case *matter)
{
	return matter->answer.verdict == WIRE_ALERTED || matter->answer.verdict == WIRE_REFUSED;
}

/* The kernel need not ask again, unless policies changed since this one was asked. */
static void let_keep(struct guard_watch *watch, struct guard_case *matter)
{
	uint64_t mask = matter->code ? FAN_OPEN_PERM : FAN_OPEN_EXEC_PERM;

	guard_ignore(watch, matter->file, mask);
	if (__atomic_load_n(&watch->guard->forgets, __ATOMIC_ACQUIRE) != matter->forgets)
		guard_heed(watch, matter->file, mask);
}

/* Tells, then answers the kernel by the verdict: what was refused is safe before anybody can see that it was. */
static void answer(struct guard_watch *watch, struct guard_case *matter)
{
	if (tells(matter)) {
		describe_more(matter);
		tell(watch, matter);
	}
	if ((matter->answer.flags & GUARD_ANSWER_KEEP) && matter->answer.verdict == WIRE_OBSERVED)
		let_keep(watch, matter);
	guard_reply(watch, matter->file, matter->answer.verdict != WIRE_REFUSED);
}

void case_allow(struct guard_watch *watch, struct guard_case *matter)
{
	guard_reply(watch, matter->file, true);
	case_free(watch, matter);
}

void case_settle(struct guard_watch *watch, struct guard_case *matter)
{
	const struct wire_file *file = matter->code ? &matter->asked.file : &matter->exec.file;

	if (watch->hasher != NULL)
		hasher_knows(watch->hasher, file, digest_in(matter));
	if (judge(watch, matter) != 0) {
		guard_tell_loss(watch->guard, cgroup_of(matter), 1);
		case_allow(watch, matter);
		return;
	}
	if ((matter->answer.flags & GUARD_ANSWER_BY_DIGEST) && !digest_in(matter)->known && start_hashing(watch, matter)) {
		matter->state = CASE_HELD;
		matter->due = guard_now() + __atomic_load_n(&watch->guard->budget, __ATOMIC_RELAXED);
		keep(watch, matter);
		return;
	}
	answer(watch, matter);
	case_free(watch, matter);
}

void case_look_later(struct guard_watch *watch, struct guard_case *matter)
{
	matter->asked.opener.pid = process_of(matter->asked.opener.thread);
	guard_reply(watch, matter->file, true);
	if (watch->cases >= GUARD_CASES_MAX) {
		guard_tell_loss(watch->guard, cgroup_of(matter), 1);
		case_free(watch, matter);
		return;
	}
	matter->state = CASE_LOOKING;
	matter->due = guard_now() + looks[0];
	keep(watch, matter);
}

/* True when the case is done with. */
static bool look_again(struct guard_watch *watch, struct guard_case *matter)
{
	if (!process_runs_file(matter->asked.opener.pid, matter->asked.file.inode)) {
		if (++matter->looks == sizeof(looks) / sizeof(*looks))
			return true;
		matter->due += looks[matter->looks] - looks[matter->looks - 1];
		return false;
	}
	matter->asked.flags |= GUARD_CODE_MAPPED;
	if (judge(watch, matter) != 0 || !tells(matter))
		return true;
	matter->answer.verdict = WIRE_ALERTED;
	describe_more(matter);
	tell(watch, matter);
	return true;
}

/* Goes on with a case whose time has come or whose digest is there. True when it is done with. */
static bool go_on(struct guard_watch *watch, struct guard_case *matter)
{
	switch (matter->state) {
	case CASE_LOOKING:
		return look_again(watch, matter);
	case CASE_HELD:
		if (digest_in(matter)->known && judge(watch, matter) != 0)
			memset(&matter->answer, 0, sizeof(matter->answer));
		/* Without a digest the answer that was given first holds: being slow to hash is no way in. */
		answer(watch, matter);
		matter->due = 0;
		matter->state = CASE_ASKED;
		return true;
	case CASE_ASKED: /* only the hasher still had it */
		return true;
	}
	return true;
}

int cases_go_on(struct guard_watch *watch)
{
	struct guard_case **at = &watch->waiting;
	uint64_t now = guard_now();
	uint64_t next = 0;
	struct hash_job *job;

	while (watch->hasher != NULL && (job = hasher_take(watch->hasher)) != NULL) {
		struct guard_case *matter = (struct guard_case *)((char *)job - offsetof(struct guard_case, job));

		matter->hashing = false;
		matter->due = now;
	}
	while (*at != NULL) {
		struct guard_case *matter = *at;

		if (matter->due != 0 && matter->due <= now && go_on(watch, matter) && !matter->hashing) {
			*at = matter->next;
			watch->cases--;
			case_free(watch, matter);
			continue;
		}
		if (matter->due != 0 && (next == 0 || matter->due < next))
			next = matter->due;
		at = &matter->next;
	}
	if (next == 0)
		return -1;
	now = guard_now();
	return next <= now ? 0 : (int)((next - now + GUARD_MILLISECOND - 1) / GUARD_MILLISECOND);
}

void cases_drop(struct guard_watch *watch)
{
	while (watch->waiting != NULL) {
		struct guard_case *matter = watch->waiting;

		watch->waiting = matter->next;
		if (matter->file >= 0)
			close(matter->file);
		free(matter);
	}
	free(watch->spare);
	watch->spare = NULL;
	watch->cases = 0;
}
