#include "ask.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

/* What is reported to the agent: so many objections, and bytes of each of their texts. */
#define MOST_BROKEN 64
#define MOST_REPORTED 512

/* Bytes of a text that fit into so many, cut where a character ends. */
static size_t bytes_within(const char *text, size_t bytes, size_t most)
{
	if (bytes <= most)
		return bytes;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

void set_reason(struct start *start, const char *text, size_t bytes)
{
	bytes = bytes_within(text, bytes, sizeof(start->reason) - 1);
	memmove(start->reason, text, bytes);
	start->reason[bytes] = 0;
}

void decide(struct start *start, bool allows, const char *cause, const char *reason)
{
	/* What the ledger's record says beside its answer is said of that answer alone. */
	if (start->rule && strcmp(cause, start->cause) != 0) {
		json_decref(start->rule);
		start->rule = NULL;
	}
	if (start->cause && strcmp(cause, start->cause) != 0)
		start->effect = NULL;
	start->is_allowed = allows;
	start->cause = cause;
	set_reason(start, reason, strlen(reason));
	start->milliseconds = monotonic_ms() - start->began;
}

/* The same objection with texts that a line has room for. */
static json_t *reported(const json_t *objection)
{
	json_t *copy = json_copy((json_t *)objection), *text;
	const char *key;

	json_object_foreach((json_t *)objection, key, text)
	{
		size_t bytes = json_string_length(text);

		if (bytes > MOST_REPORTED)
			json_object_set_new(copy, key,
					    json_stringn(json_string_value(text),
							 bytes_within(json_string_value(text), bytes, MOST_REPORTED)));
	}
	return copy;
}

/* What was judged here, so that the agent, by the same ledger, need not judge it again. */
static json_t *judged_settings(const struct start *start)
{
	json_t *json = json_object(), *broken = json_array(), *one;
	size_t at;

	json_array_foreach(start->settings.broken, at, one)
	{
		if (at < MOST_BROKEN)
			json_array_append_new(broken, reported(one));
	}
	json_object_set_new(json, "sequence", json_integer((json_int_t)start->sequence));
	json_object_set_new(json, "broken", broken);
	return json;
}

json_t *begin_question(const struct start *start)
{
	json_t *json = json_object();

	json_object_set_new(json, "form", json_integer(1));
	json_object_set_new(json, "kind", json_string("start"));
	json_object_set_new(json, "verb", json_string(start->arguments->verb));
	json_object_set_new(json, "container", json_string(start->arguments->container));
	json_object_set_new(json, "bundle", json_string(start->bundle[0] ? start->bundle : "/"));
	json_object_set_new(json, "image", json_null());
	json_object_set_new(json, "build", json_false());
	json_object_set_new(json, "ledger", json_string("ask"));
	json_object_set_new(json, "annotations", json_object());
	return json;
}

static json_t *question(const struct start *start)
{
	json_t *json = begin_question(start);

	json_object_set_new(json, "id", json_string(start->id));
	if (start->container.image[0])
		json_object_set_new(json, "image", json_string(start->container.image));
	json_object_set_new(json, "build", json_boolean(start->container.is_build));
	json_object_set_new(json, "ledger", json_string(start->ledger));
	json_object_set(json, "annotations", start->container.annotations);
	if (start->has_settings && start->settings.word != SETTINGS_ASK && !start->settings.is_unread &&
	    !start->settings.is_unclear && !start->settings.is_check)
		json_object_set_new(json, "settings", judged_settings(start));
	return json;
}

static bool is_id(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return id && id[0] && id[0] != '.' && id[0] != '-' && strlen(id) < ID_BYTES &&
	       strspn(id, allowed) == strlen(id);
}

/* Takes what the agent says; false when it says no answer. */
static bool take_reply(struct start *start, const json_t *reply, const struct resort *resort)
{
	const char *answer = json_string_value(json_object_get(reply, "answer"));
	const char *reason = json_string_value(json_object_get(reply, "reason"));
	const char *id = json_string_value(json_object_get(reply, "id"));
	const char *cause = json_string_value(json_object_get(reply, "cause"));
	const char *seccomp = json_string_value(json_object_get(reply, "seccomp"));
	bool allows = answer && strcmp(answer, "allow") == 0;

	if (!answer || (!allows && strcmp(answer, "deny") != 0))
		return false;
	snprintf(start->agent_cause, sizeof(start->agent_cause), "%s",
		 cause    ? cause
		 : allows ? resort->agreed
			  : resort->refused);
	decide(start, allows, start->agent_cause, reason ? reason : "The agent gave no reason.");
	if (is_id(id))
		snprintf(start->id, sizeof(start->id), "%s", id);
	start->must_arm = allows && json_is_true(json_object_get(reply, "mustArm"));
	if (seccomp)
		snprintf(start->seccomp, sizeof(start->seccomp), "%s", seccomp);
	return true;
}

/* Why the agent did not answer, as a sentence. */
static void say_absence(const struct start *start, char text[160])
{
	const struct agent *agent = &start->agent;

	if (start->asked == ASKED_AWAY)
		snprintf(text, 160, "The agent is not running.");
	else if (agent->others == 0)
		snprintf(text, 160, "The agent did not answer within %.0f ms.", agent->waited);
	else
		snprintf(text, 160, "The agent did not answer within %.0f ms while %d%s other start%s waited.",
			 agent->waited, agent->others, agent->others == MOST_COUNTED ? " or more" : "",
			 agent->others == 1 ? "" : "s");
}

/* It may have been a refusal, so nothing that holds for an agent that is away lets it start. */
static void refuse_unread(struct start *start)
{
	decide(start, false, "gate-fault",
	       "The agent answered, and its answer cannot be read: it is longer than 64 KiB, or not as this wrapper knows "
	       "answers. Bring both to one version: seawall gate install.");
}

static void resort_to(struct start *start, const struct resort *resort)
{
	char reason[REASON_BYTES * 2], absence[160];

	if (start->asked == ASKED_UNREADABLE && !resort->stands) {
		refuse_unread(start);
		return;
	}
	if (!resort->remedy) {
		decide(start, resort->allows, resort->cause, resort->reason);
		return;
	}
	say_absence(start, absence);
	snprintf(reason, sizeof(reason), "%s %s %s", resort->reason, absence, resort->remedy);
	decide(start, resort->allows, resort->cause, reason);
}

void ask_with(struct start *start, const json_t *line, const struct resort *resort)
{
	const struct instance *instance = start->container.instance;
	struct patience patience = resort->patience;
	double from = monotonic_ms();
	json_t *reply = NULL;
	struct waiting waiting;

	waiting_begin(&waiting, instance->spool);
	if (!resort->holds)
		patience.waiting = &waiting;
	start->asked = agent_ask(&start->agent, instance->socket, line, patience, &reply);
	waiting_end(&waiting);
	if (start->asked == ASKED_ANSWERED && !take_reply(start, reply, resort))
		start->asked = ASKED_UNREADABLE;
	if (start->asked != ASKED_ANSWERED) {
		agent_leave(&start->agent);
		resort_to(start, resort);
	}
	if (resort->holds)
		start->held = monotonic_ms() - from;
	json_decref(reply);
}

void ask(struct start *start, const struct resort *resort)
{
	json_t *line = question(start);

	ask_with(start, line, resort);
	json_decref(line);
}
