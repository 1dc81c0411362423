/* Puts what the guard tells into the words of the wire. */
#include <stdio.h>
#include <string.h>

#include "guard-adapter.h"

#define MOST_TEXT 4096

struct writing {
	char bytes[EVENT_BYTES];
	uint32_t length;
};

static void put_bytes(struct writing *writing, const char *from, size_t length)
{
	uint16_t counted = length > MOST_TEXT ? MOST_TEXT : length;

	if (writing->length + sizeof(counted) + counted > EVENT_BYTES)
		counted = 0;
	memcpy(writing->bytes + writing->length, &counted, sizeof(counted));
	memcpy(writing->bytes + writing->length + sizeof(counted), from, counted);
	writing->length += sizeof(counted) + counted;
}

static void put_text(struct writing *writing, const char *text)
{
	put_bytes(writing, text ? text : "", text ? strlen(text) : 0);
}

static void put_ancestors(struct writing *writing, const struct guard_process *process)
{
	int i;

	for (i = 0; i < process->ancestors && i < WIRE_EXEC_ANCESTORS; i++)
		put_text(writing, process->ancestor_paths[i]);
}

static void put_digest(struct writing *writing, const struct guard_digest *digest)
{
	char hex[2 * sizeof(digest->sha256) + 1] = "";
	size_t i;

	for (i = 0; digest->known && i < sizeof(digest->sha256); i++)
		sprintf(hex + 2 * i, "%02x", digest->sha256[i]);
	put_text(writing, hex);
}

static void tell_exec(struct guard_adapter *adapter, const struct guard_event *event)
{
	const struct guard_exec *exec = event->exec;
	struct writing writing = { .length = sizeof(struct wire_exec) };
	struct process known = {};
	struct process_key key;
	struct wire_exec told = {
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

	memcpy(told.ancestry, exec->caller.ancestry, sizeof(told.ancestry));
	if (process_known(adapter->kernel, exec->caller.pid, &key, &known)) {
		told.start = key.start;
		told.session = known.session;
		told.caller_origin = known.origin;
		told.caller = known.exe;
		if (known.flags & PROCESS_OUTSIDE)
			told.flags |= WIRE_EXEC_FIRST;
	}
	memcpy(writing.bytes, &told, sizeof(told));
	put_text(&writing, exec->path);
	put_text(&writing, told.flags & WIRE_EXEC_FIRST ? "" : exec->caller.path);
	put_text(&writing, exec->path);
	put_text(&writing, "");
	put_ancestors(&writing, &exec->caller);
	outbox_push(adapter->outbox, WIRE_EXEC, writing.bytes, writing.length);
}

static void tell_code(struct guard_adapter *adapter, const struct guard_event *event)
{
	const struct guard_code *code = event->code;
	struct writing writing = { .length = sizeof(struct wire_code) };
	struct process known = {};
	struct process_key key;
	struct wire_code told = {
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

	memcpy(told.ancestry, code->opener.ancestry, sizeof(told.ancestry));
	if (process_known(adapter->kernel, code->opener.pid, &key, &known)) {
		told.session = known.session;
		told.start = key.start;
	}
	memcpy(writing.bytes, &told, sizeof(told));
	put_text(&writing, code->path);
	put_text(&writing, code->opener.path);
	put_text(&writing, code->writer);
	put_bytes(&writing, code->argv ? code->argv : "", code->argv ? code->argv_length : 0);
	put_digest(&writing, &code->digest);
	put_ancestors(&writing, &code->opener);
	outbox_push(adapter->outbox, WIRE_CODE, writing.bytes, writing.length);
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
		return; /* told as throttled */
	} else if (event->kind == GUARD_EVENT_EXEC) {
		tell_exec(adapter, event);
	} else if (event->kind == GUARD_EVENT_CODE) {
		tell_code(adapter, event);
	}
}
