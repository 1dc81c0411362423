#include "without-image.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "clock.h"
#include "ledger.h"
#include "read-file.h"

#define PATIENCE_MS 1000

bool read_ledger_head(const struct instance *instance, struct ledger_header *header)
{
	enum read_state state;
	int file = open_file(instance->ledger, OF_ROOT, &state);
	struct ledger ledger;

	if (file < 0 || ledger_open(&ledger, file))
		return false;
	*header = ledger.header;
	ledger_close(&ledger);
	return true;
}

void answer_without_image(struct start *start, bool allows, const char *cause)
{
	start->is_allowed = allows;
	start->cause = cause;
	start->effect = allows ? "ignore" : "block";
	json_decref(start->rule);
	start->rule = NULL;
	start->milliseconds = monotonic_ms() - start->began;
}

static void ask_without_image(struct start *start, const struct ledger_header *header, const json_t *line)
{
	const struct resort resort = {
		.patience = { .answer = PATIENCE_MS, .away = PATIENCE_MS },
		.agreed = "settings",
		.refused = "settings",
		.allows = header->agent_away == LEDGER_ALLOW,
		.cause = "gate-fault",
		.reason = "Its settings need the agent's answer.",
		.remedy = "See what is wrong with it: seawall gate status.",
	};

	ask_with(start, line, &resort);
	/* Of what has no image there is no profile, and nothing to arm. */
	start->must_arm = false;
	start->seccomp[0] = 0;
	answer_without_image(start, start->is_allowed, start->cause);
}

void judge_without_image(struct start *start, const char *key, json_t *value)
{
	struct ledger_header header;
	json_t *line;

	if (!read_ledger_head(start->container.instance, &header) || header.sequence == 0) {
		json_decref(value);
		answer_without_image(start, start->config->allows_when_broken, "gate-fault");
		snprintf(start->reason, sizeof(start->reason),
			 "This host has no admission ledger of its console that can be believed. "
			 "See what is wrong with it: seawall gate status.");
		return;
	}
	start->sequence = header.sequence;
	if (!(header.flags & LEDGER_JUDGES_SETTINGS)) {
		json_decref(value);
		answer_without_image(start, true, "settings");
		snprintf(start->reason, sizeof(start->reason), "No rule speaks of settings here.");
		return;
	}
	line = begin_question(start);
	json_object_set_new(line, key, value);
	ask_without_image(start, &header, line);
	json_decref(line);
}
