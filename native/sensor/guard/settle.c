#include "settle.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../mask.h"
#include "held-call.h"
#include "proof.h"
#include "waiting.h"

#define AGAIN_NS (5 * GUARD_MILLISECOND)
#define UNDECIDED_NS (500 * GUARD_MILLISECOND)

/* When a file that was let through is looked at again, after it was opened. */
static const uint64_t looks[] = { 5 * GUARD_MILLISECOND, 50 * GUARD_MILLISECOND, 500 * GUARD_MILLISECOND };

static const struct guard_process *process_in(const struct guard_request *request)
{
	return request->code ? &request->asked.opener : &request->exec.caller;
}

static void judge(struct guard_watch *watch, struct guard_request *request)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	memset(&request->answer, 0, sizeof(request->answer));
	request->forgets = __atomic_load_n(&watch->guard->forgets, __ATOMIC_ACQUIRE);
	if (request->code)
		cb->judge_code(cb->ctx, &request->asked, &request->answer);
	else
		cb->judge_exec(cb->ctx, &request->exec, &request->answer);
}

/* Ancestors and the like cost reads of /proc: only for what is reported, while the process is held. */
static void describe_more(struct guard_request *request)
{
	struct guard_process *process = (struct guard_process *)process_in(request);
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
	if (request->code && held_call_readable(process->thread)) {
		char words[2048];
		size_t before = request->used;

		length = process_arguments(process->thread, words, sizeof(words));
		length = mask_argv(words, length);
		request->asked.argv = request_text(request, words, length);
		request->asked.argv_length =
			request->used == before ? 0 : (uint32_t)length; /* there may have been no room */
	}
	for (next = line.parent; next > 1 && process->ancestors < WIRE_EXEC_ANCESTORS; next = line.parent) {
		if (!process_line(next, &line))
			break;
		length = process_program(next, text, sizeof(text));
		process->ancestry[process->ancestors].pid = next;
		process->ancestry[process->ancestors].start = line.start;
		process->ancestor_paths[process->ancestors++] = request_text(request, text, length);
	}
}

static void report(struct guard_watch *watch, struct guard_request *request)
{
	struct guard_event event = { .kind = request->code ? GUARD_EVENT_CODE : GUARD_EVENT_EXEC,
				     .time = boot_now(),
				     .cgroup = request_cgroup(request),
				     .count = 1,
				     .answer = &request->answer };

	if (request->code)
		event.code = &request->asked;
	else
		event.exec = &request->exec;
	watch->guard->cb.report(watch->guard->cb.ctx, &event);
}

static bool is_reported(const struct guard_request *request)
{
	return request->answer.verdict == WIRE_ALERTED || request->answer.verdict == WIRE_REFUSED;
}

/* The kernel need not ask again, unless policies changed since this one was asked. */
static void let_keep(struct guard_watch *watch, struct guard_request *request)
{
	uint64_t mask = request->code ? FAN_OPEN_PERM : FAN_OPEN_EXEC_PERM;

	guard_ignore(watch, request->file, mask);
	if (__atomic_load_n(&watch->guard->forgets, __ATOMIC_ACQUIRE) != request->forgets)
		guard_heed(watch, request->file, mask);
}

/* Reports, then answers the kernel by the verdict: what was refused is safe before anybody can see that it was. */
static void answer(struct guard_watch *watch, struct guard_request *request)
{
	if (is_reported(request)) {
		describe_more(request);
		report(watch, request);
	}
	if ((request->answer.flags & GUARD_ANSWER_KEEP) && request->answer.verdict == WIRE_OBSERVED &&
	    !request->runs_code)
		let_keep(watch, request);
	guard_reply(watch, request->file, request->answer.verdict != WIRE_REFUSED);
}

void request_allow(struct guard_watch *watch, struct guard_request *request)
{
	guard_reply(watch, request->file, true);
	request_free(watch, request);
}

/* Lets the asker wait for what the answer depends on; false when that is known, or cannot be had. */
static bool hold(struct guard_watch *watch, struct guard_request *request)
{
	return proof_begin(watch, request) && waiting_keep(watch, request);
}

void request_settle(struct guard_watch *watch, struct guard_request *request)
{
	if (watch->hasher != NULL)
		hasher_knows(watch->hasher, request_file(request), request_digest(request));
	judge(watch, request);
	if (hold(watch, request))
		return;
	answer(watch, request);
	request_free(watch, request);
}

/* Lets the opener through. False, and reported as lost, when no more can be looked at again. */
static bool start_looking(struct guard_watch *watch, struct guard_request *request)
{
	request->asked.opener.pid = process_of(request->asked.opener.thread);
	guard_reply(watch, request->file, true);
	request->due = steady_now() + looks[0];
	if (waiting_look(watch, request))
		return true;
	guard_report_loss(watch->guard, request_cgroup(request), 1);
	return false;
}

void request_look_later(struct guard_watch *watch, struct guard_request *request)
{
	request->later = true;
	judge(watch, request);
	if (hold(watch, request))
		return;
	if (!start_looking(watch, request))
		request_free(watch, request);
}

bool request_ask_again(struct guard_watch *watch, const struct guard_question *question, request_asking *ask)
{
	struct guard_request *request = request_new(watch, question->file);

	request->state = REQUEST_AGAIN;
	request->question = *question;
	request->ask = ask;
	request->due = steady_now() + AGAIN_NS;
	request->last = steady_now() + UNDECIDED_NS;
	if (waiting_keep(watch, request))
		return true;
	request_drop(watch, request);
	return false;
}

void request_decide(struct guard_watch *watch, struct guard_question *question, request_asking *ask)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	question->mount = (struct guard_mount){ .cgroup = cb->container_of(cb->ctx, question->thread) };
	question->undecided = true;
	guard_report_loss(watch->guard, question->mount.cgroup, 1);
	if (question->mount.cgroup != 0 && ask(watch, question))
		return;
	guard_reply(watch, question->file, true); /* of no container, or gone meanwhile */
	close(question->file);
}

/* True when the request is done with; the question's file has gone with the answer then. */
static bool ask_again(struct guard_watch *watch, struct guard_request *request)
{
	if (!request->ask(watch, &request->question)) {
		if (steady_now() < request->last) {
			request->due = steady_now() + AGAIN_NS;
			return false;
		}
		request_decide(watch, &request->question, request->ask);
	}
	request->file = -1;
	return true;
}

/* True when the request is done with. */
static bool look_again(struct guard_watch *watch, struct guard_request *request)
{
	if (!held_call_readable(request->asked.opener.pid) ||
	    !process_runs_file(request->asked.opener.pid, request->asked.file.inode)) {
		if (++request->looks == sizeof(looks) / sizeof(*looks))
			return true;
		request->due += looks[request->looks] - looks[request->looks - 1];
		return false;
	}
	request->asked.flags |= GUARD_CODE_MAPPED;
	judge(watch, request);
	if (!is_reported(request))
		return true;
	request->answer.verdict = WIRE_ALERTED;
	describe_more(request);
	report(watch, request);
	return true;
}

/* The asker's time is over, or the hasher is done. True when the request is done with. */
static bool end_waiting(struct guard_watch *watch, struct guard_request *request)
{
	if (request->hashing) {
		/* The answer that was given first holds: being slow to read is no way in. */
		proof_late(request);
		hasher_leave_alone(watch->hasher, &request->job);
	} else {
		judge(watch, request);
		if (proof_begin(watch, request))
			return false;
	}
	if (request->later) {
		if (start_looking(watch, request))
			return false;
	} else {
		answer(watch, request);
	}
	request->due = 0;
	request->state = REQUEST_ASKED;
	return true;
}

/* Goes on with a request whose time has come or that the hasher is done with. True when it is done with. */
static bool go_on(struct guard_watch *watch, struct guard_request *request)
{
	switch (request->state) {
	case REQUEST_LOOKING:
		return look_again(watch, request);
	case REQUEST_HELD:
		return end_waiting(watch, request);
	case REQUEST_AGAIN:
		return ask_again(watch, request);
	case REQUEST_ASKED: /* only the hasher still had it: what it found out is for those who ask next */
		if (request_copy(request)->same)
			judge(watch, request);
		return true;
	}
	return true;
}

int requests_go_on(struct guard_watch *watch)
{
	struct guard_request *all = watch->waiting;
	uint64_t now = steady_now();
	uint64_t next = 0;
	struct hash_job *job;

	while (watch->hasher != NULL && (job = hasher_take(watch->hasher)) != NULL) {
		struct guard_request *request =
			(struct guard_request *)((char *)job - offsetof(struct guard_request, job));

		proof_end(request);
		request->due = now;
	}
	/* Going on with one may let others wait: those stand in the watch meanwhile. */
	watch->waiting = NULL;
	while (all != NULL) {
		struct guard_request *request = all;

		all = request->next;
		if (request->due != 0 && request->due <= now && go_on(watch, request) && !request->hashing) {
			waiting_forget(watch, request);
			request_free(watch, request);
			continue;
		}
		request->next = watch->waiting;
		watch->waiting = request;
	}
	for (const struct guard_request *request = watch->waiting; request != NULL; request = request->next)
		if (request->due != 0 && (next == 0 || request->due < next))
			next = request->due;
	if (next == 0)
		return -1;
	now = steady_now();
	return next <= now ? 0 : (int)((next - now + GUARD_MILLISECOND - 1) / GUARD_MILLISECOND);
}
