#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arming.h"
#include "assigned.h"
#include "log.h"
#include "agent-frames.h"

#define MOST_BUDGET_MS 10000

static int malformed(char *reply, const char *what)
{
	snprintf(reply, REPLY_BYTES, "%s", what);
	return -1;
}

static int configure(struct server *server, const char *payload)
{
	struct settings *settings = server->kernel->settings;
	struct wire_configure wanted;

	memcpy(&wanted, payload, sizeof(wanted));
	if (wanted.bucket_ns)
		settings->bucket_ns = wanted.bucket_ns;
	if (wanted.events_per_second)
		settings->events_per_second = wanted.events_per_second;
	if (wanted.permission_budget_ms && wanted.permission_budget_ms <= MOST_BUDGET_MS)
		guard_adapter_budget(server->guard, wanted.permission_budget_ms);
	return 0;
}

static void policies_changed(struct server *server)
{
	containers_choose(server->containers);
	guard_adapter_changed(server->guard);
}

static int put_policy(struct server *server, const char *payload, uint32_t length, char *reply, uint32_t *bytes)
{
	struct wire_policy_reply answer = {};
	const char *reason;
	struct policy *policy;
	uint16_t text;

	if (length < sizeof(struct wire_policy))
		return malformed(reply, "a policy is too short");
	policy = policy_parse(payload, length, &reason);
	memcpy(&answer.policy, payload, sizeof(answer.policy));
	memcpy(&answer.version, payload + sizeof(answer.policy), sizeof(answer.version));
	if (policy)
		reason = policies_put(server->policies, policy);
	answer.accepted = reason == NULL;
	if (!reason)
		policies_changed(server);
	else
		log_line("policy %u is not taken: %s", answer.policy, reason);
	text = reason ? strlen(reason) : 0;
	memcpy(reply, &answer, sizeof(answer));
	memcpy(reply + sizeof(answer), &text, sizeof(text));
	if (text)
		memcpy(reply + sizeof(answer) + sizeof(text), reason, text);
	*bytes = sizeof(answer) + sizeof(text) + text;
	return WIRE_POLICY_REPLY;
}

static uint64_t resident_bytes(void)
{
	unsigned long all = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

/* Lost in the kernel with no container to count it to, and of the sensor's own. */
static uint64_t lost_of_none(struct server *server)
{
	return server->outbox->own.head->lost + kernel_lost(server->kernel);
}

static int report_status(struct server *server, char *reply, uint32_t *bytes)
{
	uint64_t lost = lost_of_none(server), throttled = server->outbox->own.head->throttled, failed;
	struct wire_status status = {
		.events = server->outbox->events,
		.memory = resident_bytes(),
		.oldest_ns = outbox_oldest_ns(server->outbox),
		.containers = server->containers->count,
		.policies = server->policies->count,
		.queued = server->outbox->flight_count,
	};

	failed = kernel_failed_updates(server->kernel);
	status.failed_updates = failed > UINT32_MAX ? UINT32_MAX : failed;
	containers_totals(server->containers, &lost, &throttled);
	status.lost = lost;
	status.throttled = throttled;
	guard_adapter_count(server->guard, &status);
	memcpy(reply, &status, sizeof(status));
	*bytes = sizeof(status);
	return WIRE_STATUS;
}

static void acknowledge(struct server *server, const char *payload)
{
	struct wire_acknowledge kept;

	memcpy(&kept, payload, sizeof(kept));
	if (kept.epoch == server->kernel->settings->epoch)
		outbox_acknowledge(server->outbox, kept.sequence);
}

static int forget(struct server *server, const char *payload)
{
	struct wire_forget_policy gone;

	memcpy(&gone, payload, sizeof(gone));
	policies_forget(server->policies, gone.policy);
	policies_changed(server);
	return 0;
}

static void forget_table(struct server *server, const char *payload)
{
	struct wire_forget_table gone;

	memcpy(&gone, payload, sizeof(gone));
	tables_forget(server->tables, gone.table);
}

static int assign(struct server *server, const char *payload)
{
	struct wire_assign assigned;

	memcpy(&assigned, payload, sizeof(assigned));
	containers_assign(server->containers, &assigned);
	guard_adapter_changed(server->guard);
	return 0;
}

static void keep_assigned(struct server *server, const char *payload)
{
	struct wire_keep_assigned kept;

	memcpy(&kept, payload, sizeof(kept));
	assigned_keep(server->containers, kept.id);
}

static void look_at_mappings(struct server *server, const char *payload)
{
	struct wire_ask_code asked;

	memcpy(&asked, payload, sizeof(asked));
	mappings_look(&server->mappings, server->kernel, server->containers, &asked);
}

static int greet(const char *payload, char *reply)
{
	struct wire_agent_hello hello;

	memcpy(&hello, payload, sizeof(hello));
	return hello.protocol == WIRE_PROTOCOL ? 0 : malformed(reply, "the agent speaks another protocol");
}

static uint32_t least_length(uint16_t type)
{
	switch (type) {
	case WIRE_AGENT_HELLO:
		return sizeof(struct wire_agent_hello);
	case WIRE_ACKNOWLEDGE:
		return sizeof(struct wire_acknowledge);
	case WIRE_CONFIGURE:
		return sizeof(struct wire_configure);
	case WIRE_FORGET_POLICY:
		return sizeof(struct wire_forget_policy);
	case WIRE_ASSIGN:
		return sizeof(struct wire_assign);
	case WIRE_KEEP_ASSIGNED:
		return sizeof(struct wire_keep_assigned);
	case WIRE_ASK_CODE:
		return sizeof(struct wire_ask_code);
	case WIRE_TABLE:
		return sizeof(struct wire_table);
	case WIRE_FORGET_TABLE:
		return sizeof(struct wire_forget_table);
	default:
		return 0;
	}
}

int frame_done(struct server *server, const struct wire_header *header, const char *payload, char *reply,
	       uint32_t *bytes)
{
	if (header->length < least_length(header->type))
		return malformed(reply, "a frame is shorter than its type asks");
	switch (header->type) {
	case WIRE_AGENT_HELLO:
		arming_report_all(server->containers);
		return greet(payload, reply);
	case WIRE_ACKNOWLEDGE:
		acknowledge(server, payload);
		return 0;
	case WIRE_CONFIGURE:
		return configure(server, payload);
	case WIRE_POLICY:
		return put_policy(server, payload, header->length, reply, bytes);
	case WIRE_FORGET_POLICY:
		return forget(server, payload);
	case WIRE_ASSIGN:
		return assign(server, payload);
	case WIRE_KEEP_ASSIGNED:
		keep_assigned(server, payload);
		return 0;
	case WIRE_ASK_CODE:
		look_at_mappings(server, payload);
		return 0;
	case WIRE_TABLE:
		tables_take(server->tables, payload, header->length);
		return 0; /* answered later */
	case WIRE_FORGET_TABLE:
		forget_table(server, payload);
		return 0;
	case WIRE_ASK_STATUS:
		return report_status(server, reply, bytes);
	default:
		return 0; /* not known: passed over */
	}
}
