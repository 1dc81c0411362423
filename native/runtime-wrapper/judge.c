#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "clock-words.h"
#include "ledger.h"
#include "places.h"
#include "read-file.h"

#ifndef KNOWN_MS
#define KNOWN_MS 100 /* for the agent, where the ledger has an answer already */
#endif
#define UNKNOWN_MS 1000 /* for it beyond the hold */
#define AWAY_MS 3000    /* of a hold, for an agent that is being started anew */

/* What is asked of the agent, and what is done when it does not answer. */
struct resort {
	struct patience patience;
	const char *agreed;  /* cause where the agent allows and names none */
	const char *refused; /* cause where it refuses and names none */
	bool allows;         /* when nobody answers, and why */
	const char *cause;
	const char *reason;
};

/* Cut where a character ends. */
static void set_reason(struct start *start, const char *text, size_t bytes)
{
	if (bytes >= sizeof(start->reason)) {
		bytes = sizeof(start->reason) - 1;
		while (bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80)
			bytes--;
	}
	memcpy(start->reason, text, bytes);
	start->reason[bytes] = 0;
}

static void decide(struct start *start, bool allows, const char *cause, const char *reason)
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

static json_t *question(const struct start *start)
{
	json_t *json = json_object();
	const char *image = start->container.image;

	json_object_set_new(json, "form", json_integer(1));
	json_object_set_new(json, "kind", json_string("start"));
	json_object_set_new(json, "verb", json_string(start->arguments->verb));
	json_object_set_new(json, "container", json_string(start->arguments->container));
	json_object_set_new(json, "bundle", json_string(start->bundle));
	json_object_set_new(json, "image", image[0] ? json_string(image) : json_null());
	json_object_set_new(json, "build", json_boolean(start->container.is_build));
	json_object_set_new(json, "ledger", json_string(start->ledger));
	json_object_set(json, "annotations", start->container.annotations);
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

static void ask(struct start *start, const struct resort *resort)
{
	const char *socket = start->container.instance->socket;
	double from = monotonic_ms();
	json_t *line = question(start), *reply = NULL;

	start->asked = agent_ask(&start->agent, socket, line, resort->patience, &reply);
	if (start->asked == ASKED_ANSWERED && !take_reply(start, reply, resort))
		start->asked = ASKED_AWAY;
	if (start->asked != ASKED_ANSWERED) {
		agent_leave(&start->agent);
		decide(start, resort->allows, resort->cause, resort->reason);
	}
	if (resort->patience.answer > KNOWN_MS)
		start->held = monotonic_ms() - from;
	json_decref(line);
	json_decref(reply);
}

static void take_record(struct start *start, const struct ledger_found *found)
{
	static const char *const effects[] = { "", "ignore", "alert", "block" };
	static const char *const causes[] = { "", "verdict", "own-image", "break-glass" };

	start->effect = effects[found->record.effect];
	start->cause = causes[found->record.cause];
	start->rule = json_loadb(found->rule, found->record.rule_bytes, JSON_REJECT_DUPLICATES, NULL);
	set_reason(start, found->reason, found->record.reason_bytes);
}

static void refuse_known(struct start *start)
{
	start->ledger = "deny";
	start->is_allowed = false;
	start->milliseconds = monotonic_ms() - start->began;
}

/* The image may start; what the agent knows beyond the image may still refuse it. */
static void judge_known(struct start *start, const struct ledger_header *header)
{
	bool is_word = strcmp(start->cause, "own-image") == 0 || strcmp(start->cause, "break-glass") == 0;
	bool needs_agent = header->flags & LEDGER_JUDGES_SETTINGS && !is_word;
	char reason[REASON_BYTES];
	const struct resort resort = {
		.patience = { .answer = KNOWN_MS },
		.agreed = start->cause,
		.refused = "settings",
		.allows = !needs_agent || header->agent_away == LEDGER_ALLOW,
		.cause = needs_agent ? "gate-fault" : start->cause,
		.reason = reason,
	};

	start->ledger = "allow";
	if (needs_agent)
		snprintf(reason, sizeof(reason),
			 "The image may start, but the agent did not say in %d ms whether its settings may. "
			 "See what is wrong with it: seawall gate status.",
			 KNOWN_MS);
	else
		memcpy(reason, start->reason, sizeof(reason));
	ask(start, &resort);
}

/* Whether no ledger of the console has come to this host, or all are lost. */
static bool is_bare(const struct ledger_header *header)
{
	return header->sequence == 0;
}

static void say_unknown(const struct start *start, const struct ledger_header *header, char reason[REASON_BYTES])
{
	const char *image = start->container.image;

	if (is_bare(header))
		snprintf(
			reason, REASON_BYTES,
			"This host has no admission ledger of its console, and the agent, which asks for one, did not answer. "
			"See what is wrong with it: seawall gate status.");
	else if (start->container.is_build)
		snprintf(
			reason, REASON_BYTES,
			"Builds need an approved base here, and the agent did not find out in time which base this has. "
			"See what is wrong with it: seawall gate status.");
	else if (image[0])
		snprintf(
			reason, REASON_BYTES,
			"It is not known here whether %s may start, and the agent did not find out in time. "
			"Publish a scan of it, or let it start for a while: seawall gate allow %s --for 2h --reason TEXT.",
			image, image);
	else
		snprintf(reason, REASON_BYTES,
			 "It cannot be told here which image this is of, and the agent did not find out in time. "
			 "See what is wrong with it: seawall gate status.");
}

/* Whether a container may start whose settings nobody judged. */
static bool may_unjudged(const struct ledger_header *header)
{
	return !(header->flags & LEDGER_JUDGES_SETTINGS) || header->agent_away == LEDGER_ALLOW;
}

static const char *cause_unknown(const struct start *start, const struct ledger_header *header)
{
	if (is_bare(header))
		return "gate-fault";
	if (start->container.is_build)
		return "build";
	return "unknown-image";
}

/* Held until the agent knows, or the hold is over. */
static void hold(struct start *start, const struct ledger_header *header, const char *word, struct resort resort)
{
	resort.patience = (struct patience){ .answer = header->hold_ms + UNKNOWN_MS, .away = AWAY_MS };
	if (resort.allows && !may_unjudged(header)) {
		resort.allows = false;
		resort.cause = "gate-fault";
		resort.reason = "The agent did not say whether the settings of this container may start. "
				"See what is wrong with it: seawall gate status.";
	}
	start->ledger = word;
	ask(start, &resort);
}

/* An image of which nothing is known, or a step of a build. */
static void judge_unknown(struct start *start, const struct ledger_header *header, const char *word)
{
	char reason[REASON_BYTES];
	const char *cause = cause_unknown(start, header);
	bool is_unknown_allowed = header->unknown == LEDGER_ALLOW && !start->container.is_build;

	say_unknown(start, header, reason);
	hold(start, header, word,
	     (struct resort){
		     .agreed = cause,
		     .refused = cause,
		     .allows = is_bare(header) ? start->config->allows_when_broken : is_unknown_allowed,
		     .cause = cause,
		     .reason = reason,
	     });
}

/* An image that one environment refuses and another does not, or does not know; the container may stand in either. */
static void judge_depending(struct start *start, const struct ledger_header *header)
{
	char reason[REASON_BYTES + 256];
	bool is_refused = strcmp(start->effect, "block") == 0;

	snprintf(reason, sizeof(reason),
		 "%s The agent did not say in which environment its container stands. "
		 "See what is wrong with it: seawall gate status.",
		 is_refused ? start->reason : "Not every environment of this host knows the image.");
	hold(start, header, "ask",
	     (struct resort){
		     .agreed = start->cause,
		     .refused = start->cause,
		     .allows = !is_refused && header->unknown == LEDGER_ALLOW,
		     .cause = is_refused ? start->cause : "unknown-image",
		     .reason = reason,
	     });
}

static void judge_build(struct start *start, const struct ledger_header *header)
{
	if (is_bare(header) || header->builds == LEDGER_BUILDS_APPROVED_BASE) {
		judge_unknown(start, header, "ask");
		return;
	}
	decide(start, header->builds == LEDGER_BUILDS_ALLOW, "build",
	       header->builds == LEDGER_BUILDS_ALLOW
		       ? "Steps of builds may run here."
		       : "Images are not built on this host. Build it where builds may run, and pull it.");
	if (start->is_allowed)
		judge_known(start, header);
	else
		start->ledger = "deny";
}

static void judge_image(struct start *start, struct ledger *ledger)
{
	struct ledger_found found;

	if (start->container.state != IMAGE_KNOWN) {
		judge_unknown(start, &ledger->header, ledger->header.expires <= unix_ms() ? "expired" : "unknown");
		return;
	}
	switch (ledger_find(ledger, start->container.digest, unix_ms(), &found)) {
	case LEDGER_FOUND:
		take_record(start, &found);
		if (found.record.answer == LEDGER_DENY)
			refuse_known(start);
		else if (found.record.answer == LEDGER_ALLOW)
			judge_known(start, &ledger->header);
		else
			judge_depending(start, &ledger->header);
		return;
	case LEDGER_NOTHING:
		judge_unknown(start, &ledger->header, "unknown");
		return;
	case LEDGER_PASSED:
		judge_unknown(start, &ledger->header, "expired");
		return;
	case LEDGER_CORRUPT:
		start->ledger = NULL;
		return;
	}
}

/* The gate itself is at fault: the host's rule for that. */
__attribute__((format(printf, 2, 3))) static void judge_broken(struct start *start, const char *format, ...)
{
	char reason[REASON_BYTES];
	va_list words;

	va_start(words, format);
	vsnprintf(reason, sizeof(reason), format, words);
	va_end(words);
	decide(start, start->config->allows_when_broken, "gate-fault", reason);
}

static void judge_without_ledger(struct start *start, const char *wrong)
{
	char reason[REASON_BYTES];
	const struct resort resort = {
		.patience = { .answer = UNKNOWN_MS, .away = UNKNOWN_MS },
		.agreed = "gate-fault",
		.refused = "gate-fault",
		.allows = start->config->allows_when_broken,
		.cause = "gate-fault",
		.reason = reason,
	};

	start->ledger = "corrupt";
	snprintf(reason, sizeof(reason),
		 "The ledger %s cannot be believed: %s; and the agent, which writes it, did not answer. "
		 "See what is wrong with it: seawall gate status.",
		 start->container.instance->ledger, wrong);
	ask(start, &resort);
}

static void judge_by_ledger(struct start *start)
{
	struct ledger ledger;
	enum read_state state;
	int file = open_file(start->container.instance->ledger, OF_ROOT, &state);
	const char *wrong = file >= 0              ? ledger_open(&ledger, file)
			    : state == READ_ABSENT ? "there is none"
						   : "it is not root's, or cannot be read";

	if (wrong) {
		judge_without_ledger(start, wrong);
		return;
	}
	start->sequence = ledger.header.sequence;
	if (start->container.is_build)
		judge_build(start, &ledger.header);
	else
		judge_image(start, &ledger);
	add_clock(start, &ledger.header);
	ledger_close(&ledger);
	if (!start->ledger)
		judge_without_ledger(start, "a part of it is damaged");
}

void judge(struct start *start, const struct instances *instances)
{
	const struct container *container = &start->container;

	if (start->config->is_broken) {
		decide(start, false, "gate-fault",
		       "What the gate goes by, " GATE_FOLDER "/gate.json, is missing or damaged, or not root's alone. "
		       "Write it anew: seawall gate install.");
		return;
	}
	find_container(instances, start->arguments->container, start->bundle, &start->container);
	if (!container->instance && instances->are_some_broken)
		judge_broken(start, "A file in " GATE_FOLDER
				    "/instances is damaged, or not root's alone, so it is not known whose "
				    "container this is. Restart the agent that wrote it.");
	else if (!container->instance)
		decide(start, start->config->allows_unknown_instance, "not-admitted",
		       "The container belongs to no engine that an agent watches here. "
		       "Run an agent for it, or let such containers start by unknownInstance in " GATE_FOLDER
		       "/gate.json.");
	else if (container->state == IMAGE_REFUSED)
		decide(start, false, "request",
		       "What the engine keeps of this container is longer than 4 MiB or not as an engine writes it, so it cannot "
		       "be told which image it is of. Make the container again, with fewer labels.");
	else if (container->state == IMAGE_FAILED)
		judge_broken(start, "What the engine keeps of this container cannot be read: its image is not known.");
	else
		judge_by_ledger(start);
}
