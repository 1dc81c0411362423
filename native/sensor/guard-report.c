/* Puts what the guard reports into the words of the wire. */
#include <stdio.h>
#include <string.h>

#include "guard-policy.h"
#include "guard-report.h"
#include "payload.h"

#define EXEC_TEXTS 5 /* before those of the ancestors */
#define CODE_TEXTS 5

static void put_ancestors(struct payload *payload, const struct guard_process *process)
{
	int i;

	for (i = 0; i < process->ancestors && i < WIRE_EXEC_ANCESTORS; i++)
		payload_text(payload, process->ancestor_paths[i]);
}

static void put_digest(struct payload *payload, const struct guard_digest *digest)
{
	char hex[2 * sizeof(digest->sha256) + 1] = "";
	size_t i;

	for (i = 0; digest->known && i < sizeof(digest->sha256); i++)
		sprintf(hex + 2 * i, "%02x", digest->sha256[i]);
	payload_text(payload, hex);
}

static void report_judged_exec(struct guard_adapter *adapter, const struct guard_event *event)
{
	const struct guard_exec *exec = event->exec;
	struct payload payload;
	struct process known = {};
	struct process_key key;
	struct wire_exec report = {
		.time = event->time,
		.cgroup = event->cgroup,
		.pid = exec->caller.pid,
		.parent = exec->caller.parent,
		.start = exec->caller.start,
		.uid = exec->caller.uid,
		.policy = event->answer->policy,
		.policy_version = event->answer->version,
		.flags = WIRE_EXEC_BY_FANOTIFY,
		.verdict = event->answer->verdict,
		.reason = event->answer->reason,
		.origin = exec->origin,
		.caller_origin = exec->caller.origin,
		.ancestors = exec->caller.ancestors,
		.file = exec->file,
		.caller = exec->caller.file,
	};

	see_known_copy(adapter, event->cgroup, &report.file, &report.origin);
	report.flags |= exec->copy.late ? WIRE_EXEC_COPY_LATE : 0;
	memcpy(report.ancestry, exec->caller.ancestry, sizeof(report.ancestry));
	if (process_known(adapter->kernel, exec->caller.pid, &key, &known)) {
		report.start = key.start;
		report.session = known.session;
		report.caller_origin = known.origin;
		report.caller = known.exe;
		if (known.flags & PROCESS_OUTSIDE)
			report.flags |= WIRE_EXEC_FIRST;
	}
	payload_begin(&payload, &report, sizeof(report), EXEC_TEXTS + report.ancestors);
	payload_text(&payload, exec->path);
	payload_text(&payload, report.flags & WIRE_EXEC_FIRST ? "" : exec->caller.path);
	payload_text(&payload, exec->path);
	payload_text(&payload, ""); /* argv and applet are not known */
	payload_text(&payload, "");
	put_ancestors(&payload, &exec->caller);
	outbox_push(adapter->outbox, WIRE_EXEC, payload.bytes, payload.length);
}

static void report_code(struct guard_adapter *adapter, const struct guard_event *event)
{
	const struct guard_code *code = event->code;
	struct payload payload;
	struct process known = {};
	struct process_key key;
	struct wire_code report = {
		.time = event->time,
		.cgroup = event->cgroup,
		.pid = code->opener.pid,
		.parent = code->opener.parent,
		.start = code->opener.start,
		.uid = code->opener.uid,
		.policy = event->answer->policy,
		.policy_version = event->answer->version,
		.flags = code->flags & GUARD_CODE_MAPPED ? WIRE_CODE_MAPPED : 0,
		.verdict = event->answer->verdict,
		.origin = code->origin,
		.kind = code->kind,
		.ancestors = code->opener.ancestors,
		.file = code->file,
		.opener = code->opener.file,
	};

	see_known_copy(adapter, event->cgroup, &report.file, &report.origin);
	report.flags |= code->copy.late ? WIRE_CODE_COPY_LATE : 0;
	memcpy(report.ancestry, code->opener.ancestry, sizeof(report.ancestry));
	if (process_known(adapter->kernel, code->opener.pid, &key, &known)) {
		report.session = known.session;
		report.start = key.start;
	}
	payload_begin(&payload, &report, sizeof(report), CODE_TEXTS + report.ancestors);
	payload_text(&payload, code->path);
	payload_text(&payload, code->opener.path);
	payload_text(&payload, code->writer);
	payload_bytes(&payload, code->argv ? code->argv : "", code->argv ? code->argv_length : 0);
	put_digest(&payload, &code->digest);
	put_ancestors(&payload, &code->opener);
	outbox_push(adapter->outbox, WIRE_CODE, payload.bytes, payload.length);
}

void report_guarded(void *context, struct guard_event *event)
{
	struct guard_adapter *adapter = context;

	if (event->kind == GUARD_EVENT_LOSS) {
		struct wire_loss loss = {
			.time = event->time,
			.cgroup = event->cgroup,
			.count = event->count,
			.dimension = WIRE_PROCESS,
		};

		outbox_push(adapter->outbox, WIRE_LOSS, &loss, sizeof(loss));
	} else if (!containers_allow(adapter->containers, event->cgroup)) {
		return; /* reported as throttled */
	} else if (event->kind == GUARD_EVENT_EXEC) {
		report_judged_exec(adapter, event);
	} else if (event->kind == GUARD_EVENT_CODE) {
		report_code(adapter, event);
	}
}
