#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "clock.h"
#include "clock-words.h"
#include "ledger.h"
#include "places.h"
#include "read-file.h"
#include "start-settings.h"

#ifndef KNOWN_MS
#define KNOWN_MS 100 /* for the agent, where the ledger has an answer already */
#endif
#define SETTINGS_MS 3000 /* for it where nobody else can judge the settings */
#define UNKNOWN_MS 1000  /* for it beyond the hold */
#define AWAY_MS 3000     /* of a hold, for an agent that is being started anew */

#define SEE "See what is wrong with it: seawall gate status."

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

/* The image may start, if its settings may. What the agent knows beyond that may still refuse it. */
static void judge_known(struct start *start, struct ledger *ledger)
{
	bool is_own = strcmp(start->cause, "own-image") == 0;
	bool needs_agent = false;
	char reason[REASON_BYTES];
	struct resort resort = { .patience = { .answer = KNOWN_MS }, .refused = "settings", .stands = is_own };

	start->ledger = "allow";
	if (!is_own) {
		judge_start_settings(start, ledger);
		needs_agent = start->settings.word == SETTINGS_ASK;
		if (!lay_settings(start))
			return;
	}
	snprintf(reason, sizeof(reason), "%s", start->reason);
	resort.agreed = resort.cause = start->cause;
	resort.allows = true;
	resort.reason = reason;
	if (needs_agent) {
		snprintf(reason, sizeof(reason), "The image passes; its settings need the agent's answer: %s.",
			 start->settings.why);
		resort.patience.answer = SETTINGS_MS;
		resort.allows = ledger->header.agent_away == LEDGER_ALLOW;
		resort.cause = "gate-fault";
		resort.remedy = SEE;
	}
	ask(start, &resort);
}

/* Whether no ledger of the console has come to this host, or all are lost. */
static bool is_bare(const struct ledger_header *header)
{
	return header->sequence == 0;
}

static void say_unknown(const struct start *start, const struct ledger_header *header, struct resort *resort,
			char reason[REASON_BYTES], char remedy[REASON_BYTES])
{
	const char *image = start->container.image;

	snprintf(remedy, REASON_BYTES, SEE);
	if (is_bare(header)) {
		snprintf(reason, REASON_BYTES,
			 "This host has no admission ledger yet; only the agent can ask the console for one.");
	} else if (start->container.is_build) {
		snprintf(reason, REASON_BYTES,
			 "Builds need an approved base here, and only the agent can see the base of this one.");
	} else if (image[0]) {
		snprintf(reason, REASON_BYTES, "No verdict for %s yet.", image);
		snprintf(remedy, REASON_BYTES,
			 "Publish a scan of it, or allow it for a while: seawall gate allow %s --for 2h --reason TEXT.",
			 image);
	} else {
		snprintf(reason, REASON_BYTES, "The image of this container is unknown.");
	}
	resort->reason = reason;
	resort->remedy = remedy;
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
static void hold(struct start *start, struct ledger *ledger, const char *word, struct resort resort)
{
	const struct ledger_header *header = &ledger->header;

	judge_start_settings(start, ledger);
	resort.holds = true;
	resort.patience = (struct patience){ .answer = header->hold_ms + UNKNOWN_MS, .away = AWAY_MS };
	if (resort.allows && start->settings.word == SETTINGS_ASK && header->agent_away != LEDGER_ALLOW) {
		resort.allows = false;
		resort.cause = "gate-fault";
		resort.reason = "The settings of this container need the agent's answer.";
		resort.remedy = SEE;
	}
	start->ledger = word;
	ask(start, &resort);
	if (start->asked != ASKED_ANSWERED && start->is_allowed)
		lay_settings(start);
}

/* An image of which nothing is known, or a step of a build. */
static void judge_unknown(struct start *start, struct ledger *ledger, const char *word)
{
	const struct ledger_header *header = &ledger->header;
	char reason[REASON_BYTES], remedy[REASON_BYTES];
	const char *cause = cause_unknown(start, header);
	bool is_unknown_allowed = header->unknown == LEDGER_ALLOW && !start->container.is_build;
	struct resort resort = {
		.agreed = cause,
		.refused = cause,
		.allows = is_bare(header) ? start->config->allows_when_broken : is_unknown_allowed,
		.cause = cause,
	};

	say_unknown(start, header, &resort, reason, remedy);
	hold(start, ledger, word, resort);
}

/* An image that one environment refuses and another does not, or does not know; the container may stand in either. */
static void judge_depending(struct start *start, struct ledger *ledger)
{
	char reason[REASON_BYTES + 256];
	bool is_refused = strcmp(start->effect, "block") == 0;

	snprintf(reason, sizeof(reason), "%s The agent is to say in which environment its container stands.",
		 is_refused ? start->reason : "Not every environment of this host knows the image.");
	hold(start, ledger, "ask",
	     (struct resort){
		     .agreed = start->cause,
		     .refused = start->cause,
		     .allows = !is_refused && ledger->header.unknown == LEDGER_ALLOW,
		     .cause = is_refused ? start->cause : "unknown-image",
		     .reason = reason,
		     .remedy = SEE,
	     });
}

static void judge_build(struct start *start, struct ledger *ledger)
{
	const struct ledger_header *header = &ledger->header;

	if (is_bare(header) || header->builds == LEDGER_BUILDS_APPROVED_BASE) {
		judge_unknown(start, ledger, "ask");
		return;
	}
	decide(start, header->builds == LEDGER_BUILDS_ALLOW, "build",
	       header->builds == LEDGER_BUILDS_ALLOW
		       ? "Builds are allowed on this host."
		       : "Builds are blocked on this host. Build the image elsewhere and pull it.");
	if (start->is_allowed)
		judge_known(start, ledger);
	else
		start->ledger = "deny";
}

static void judge_image(struct start *start, struct ledger *ledger)
{
	struct ledger_found found;

	if (start->container.state != IMAGE_KNOWN) {
		judge_unknown(start, ledger, ledger->header.expires <= unix_ms() ? "expired" : "unknown");
		return;
	}
	switch (ledger_find(ledger, start->container.digest, unix_ms(), &found)) {
	case LEDGER_FOUND:
		take_record(start, &found);
		if (found.record.answer == LEDGER_DENY)
			refuse_known(start);
		else if (found.record.answer == LEDGER_ALLOW)
			judge_known(start, ledger);
		else
			judge_depending(start, ledger);
		return;
	case LEDGER_NOTHING:
		judge_unknown(start, ledger, "unknown");
		return;
	case LEDGER_PASSED:
		judge_unknown(start, ledger, "expired");
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
		.holds = true,
		.agreed = "gate-fault",
		.refused = "gate-fault",
		.allows = start->config->allows_when_broken,
		.cause = "gate-fault",
		.reason = reason,
		.remedy = SEE,
	};

	start->ledger = "corrupt";
	snprintf(reason, sizeof(reason), "The ledger %s, which the agent writes, cannot be believed: %s.",
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
		judge_build(start, &ledger);
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
