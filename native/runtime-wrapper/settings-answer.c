#include "settings-answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read-settings.h"
#include "settings-rules.h"
#include "spec.h"
#include "start-scope.h"

#define FORM 1

/* A bundle that is judged, and what the rules that may hold for it say together. */
struct judging {
	const json_t *spec; /* NULL: it cannot be read, see `unread` */
	const char *unread;
	const struct settings *settings;
	enum asker asker;
	int candidates;
	struct settings_answer *answer;
};

/* Settings that could not be read are not allowed where a rule could have refused them. */
static json_t *object_to_unread(const json_t *rules, const char *why)
{
	const char *effect = NULL;
	const json_t *rule;
	char *message;
	json_t *broken;
	size_t at;

	json_array_foreach(rules, at, rule)
	{
		const char *one = text_of(rule, "effect");

		if (strcmp(one, "block") == 0 || (!effect && strcmp(one, "ignore") != 0))
			effect = one;
	}
	if (!effect || asprintf(&message, "The container's settings cannot be judged: %s", why) < 0)
		return json_array();
	broken = json_pack("[{ss ss ss ss}]", "kind", "unread", "effect", effect, "message", message, "remedy", "");
	free(message);
	return broken ? broken : json_array();
}

static enum settings_word word_of(const json_t *broken)
{
	const json_t *one;
	size_t at;

	json_array_foreach(broken, at, one)
	{
		if (strcmp(text_of(one, "effect"), "block") == 0)
			return SETTINGS_BLOCK;
	}
	return json_array_size(broken) > 0 ? SETTINGS_ALERT : SETTINGS_CLEAN;
}

/* One more rule may hold. Where one refuses and another does not, only the agent can say; else the first that objects is told. */
static void take_rule(struct judging *judging, const json_t *entry)
{
	struct settings_answer *answer = judging->answer;
	const json_t *rules = json_object_get(entry, "settings");
	json_t *broken = judging->spec ? judge_settings(judging->settings, rules, judging->asker)
				       : object_to_unread(rules, judging->unread);
	enum settings_word word = word_of(broken);

	if (word != SETTINGS_BLOCK && !knows_rules(rules)) {
		answer->word = SETTINGS_ASK;
		answer->why = "this wrapper does not know one of the rules: run seawall gate install";
		json_decref(broken);
		return;
	}
	if (judging->candidates++ > 0 && (word == SETTINGS_BLOCK) != (answer->word == SETTINGS_BLOCK)) {
		answer->word = SETTINGS_ASK;
		answer->why = "which rule holds for this container depends on what only the agent can read";
	} else if (judging->candidates == 1 || (answer->word == SETTINGS_CLEAN && word == SETTINGS_ALERT)) {
		json_decref(answer->broken);
		json_decref(answer->rule);
		answer->word = word;
		answer->broken = json_incref(broken);
		answer->rule = word == SETTINGS_CLEAN ? NULL : json_incref(json_object_get(entry, "rule"));
		answer->is_unread = !judging->spec && word != SETTINGS_CLEAN;
	}
	json_decref(broken);
}

/* The rules in their order, up to the first that holds for certain. */
static void judge_by_rules(struct judging *judging, const json_t *rules, const struct start_scope *scope)
{
	static const char nothing[] = "{\"settings\":[]}";
	const json_t *entry;
	json_t *none;
	size_t at;

	json_array_foreach(rules, at, entry)
	{
		enum holds holds = scope_holds(json_object_get(entry, "scope"), scope);

		if (holds != HOLDS_NOT)
			take_rule(judging, entry);
		judging->answer->is_unclear = judging->answer->is_unclear || holds == HOLDS_UNCLEAR;
		if (holds == HOLDS || judging->answer->word == SETTINGS_ASK)
			return;
	}
	none = json_loads(nothing, 0, NULL);
	take_rule(judging, none);
	json_decref(none);
}

/* What compliance rules refuse by settings alone. All else that they say, alerts and what is not assessed too, is the agent's. */
static void judge_by_checks(struct judging *judging, const json_t *checks, const struct start_scope *scope)
{
	struct settings_answer answer = {};
	struct judging own = *judging;

	own.answer = &answer;
	own.candidates = 0;
	judge_by_rules(&own, checks, scope);
	if (answer.word != SETTINGS_BLOCK) {
		free_settings_answer(&answer);
		return;
	}
	free_settings_answer(judging->answer);
	*judging->answer = answer;
	judging->answer->is_check = true;
}

static void ask_because(struct settings_answer *answer, const char *why)
{
	answer->word = SETTINGS_ASK;
	answer->why = why;
}

void answer_settings_by(const json_t *settings, const struct settings_question *question,
			struct settings_answer *answer)
{
	struct judging judging = { .answer = answer };
	struct start_scope scope;
	struct host_view view = {};
	struct settings found = {};
	json_t *spec;

	memset(answer, 0, sizeof(*answer));
	if (json_integer_value(json_object_get(settings, "form")) != FORM ||
	    !open_host_view(&view, json_object_get(settings, "host"))) {
		ask_because(answer, "the agent has not written down yet what its host looks like");
		close_host_view(&view);
		return;
	}
	spec = read_spec(question->bundle, &judging.unread);
	if (spec && !read_settings(&found, spec, &view)) {
		ask_because(answer, "there is not memory enough to judge them here");
	} else {
		judging.spec = spec;
		judging.settings = &found;
		judging.asker = asker_of(spec);
		read_start_scope(&scope, question->container, question->id, json_object_get(settings, "place"));
		judge_by_rules(&judging, json_object_get(settings, "rules"), &scope);
		/* No compliance rule speaks of a step of a build. */
		if (spec && answer->word != SETTINGS_BLOCK && !question->container->is_build)
			judge_by_checks(&judging, json_object_get(settings, "checks"), &scope);
		free_start_scope(&scope);
	}
	free_settings(&found);
	close_host_view(&view);
	json_decref(spec);
}

void answer_settings(struct ledger *ledger, const struct settings_question *question, struct settings_answer *answer)
{
	size_t bytes;
	const char *text = ledger_settings(ledger, &bytes);
	json_t *settings = text ? json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL) : NULL;

	memset(answer, 0, sizeof(*answer));
	if (ledger->header.flags & LEDGER_JUDGES_SETTINGS && !settings)
		ask_because(answer, "the ledger does not hold the rules over them");
	else if (settings)
		answer_settings_by(settings, question, answer);
	if (ledger->header.flags & LEDGER_JUDGES_COMPLIANCE && answer->word != SETTINGS_BLOCK &&
	    answer->word != SETTINGS_ASK)
		ask_because(answer, "a compliance rule may refuse them");
	json_decref(settings);
}

void free_settings_answer(struct settings_answer *answer)
{
	json_decref(answer->broken);
	json_decref(answer->rule);
	memset(answer, 0, sizeof(*answer));
}
