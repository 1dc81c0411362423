#include "start-settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "settings.h"

void judge_start_settings(struct start *start, struct ledger *ledger)
{
	const struct settings_question question = {
		.container = &start->container,
		.id = start->arguments->container,
		.bundle = start->bundle,
	};

	answer_settings(ledger, &question, &start->settings);
	start->has_settings = true;
}

/* What is objected to, with what removes the first where a start is refused. */
static char *reason_of(const json_t *broken, bool is_refused)
{
	const char *remedy = NULL;
	const json_t *one;
	char *reason = NULL;
	size_t at, bytes;
	FILE *stream = open_memstream(&reason, &bytes);

	if (!stream)
		return NULL;
	json_array_foreach(broken, at, one)
	{
		if (is_refused && strcmp(text_of(one, "effect"), "block") != 0)
			continue;
		fprintf(stream, "%s%s", ftell(stream) > 0 ? " " : "", text_of(one, "message"));
		remedy = remedy ? remedy : text_of(one, "remedy");
	}
	if (is_refused && remedy && remedy[0])
		fprintf(stream, " %s", remedy);
	return fclose(stream) == 0 ? reason : NULL;
}

bool lay_settings(struct start *start)
{
	const struct settings_answer *settings = &start->settings;
	bool is_refused = settings->word == SETTINGS_BLOCK;
	char *reason;

	if (!is_refused && settings->word != SETTINGS_ALERT)
		return true;
	/* An alert about the image says more than one about its settings, which stand in the evidence either way. */
	if (!is_refused && !settings->is_unread && start->effect && strcmp(start->effect, "alert") == 0)
		return true;
	reason = reason_of(settings->broken, is_refused);
	decide(start, !is_refused,
	       settings->is_unread  ? "gate-fault"
	       : settings->is_check ? "compliance"
				    : "settings",
	       reason ? reason : "");
	json_decref(start->rule);
	start->rule = json_incref(settings->rule);
	start->effect = is_refused ? "block" : "alert";
	free(reason);
	return !is_refused;
}
