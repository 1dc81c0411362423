#include "resort.h"

#include <stdio.h>
#include <string.h>

#include "../runtime-wrapper/clock-words.h"
#include "../runtime-wrapper/clock.h"
#include "../runtime-wrapper/ledger.h"
#include "../runtime-wrapper/read-file.h"

#ifndef GATE_FOLDER
#define GATE_FOLDER "/var/lib/seawall/gate"
#endif

enum word {
	WORD_NONE,
	WORD_ALLOW,
	WORD_DENY,
};

/* The host's own rule for a gate that has no ledger. Where no gate was installed nobody asks for more. */
static bool allows_when_broken(void)
{
	enum read_state state;
	json_t *json = read_json(GATE_FOLDER "/gate.json", OF_ROOT, &state);
	const char *broken = json_string_value(json_object_get(json, "broken"));
	bool allows = json ? broken && strcmp(broken, "allow") == 0 : state == READ_ABSENT;

	json_decref(json);
	return allows;
}

/* What the rules of the console say about an agent that is away. */
static enum word word_of_rules(const char *path, char *clock, size_t room)
{
	enum read_state state;
	struct ledger ledger;
	enum word word;
	int file = path ? open_file(path, OF_ROOT, &state) : -1;

	if (file < 0 || ledger_open(&ledger, file))
		return WORD_NONE;
	word = ledger.header.sequence == 0                ? WORD_NONE
	       : ledger.header.agent_away == LEDGER_ALLOW ? WORD_ALLOW
							  : WORD_DENY;
	if (!clock_words(&ledger.header, unix_ms(), clock, room))
		clock[0] = 0;
	ledger_close(&ledger);
	return word;
}

static const char *words_of(enum silence why)
{
	switch (why) {
	case AGENT_AWAY:
		return "does not run";
	case AGENT_LATE:
		return "did not answer in " TEXT_OF(PATIENCE_S) " s";
	case AGENT_UNCLEAR:
		return "gave no answer that is understood here";
	case AGENT_OVERRUN:
		return "was not asked, because the request is too long or too many wait";
	}
	return "";
}

/* Of a request's method and path, what can be printed. */
static void say_request(const struct question *question, char *to, size_t room)
{
	size_t used = (size_t)snprintf(to, room, "%s ", question->method);

	for (const char *at = question->uri; *at && *at != '?' && used + 1 < room; at++)
		to[used++] = *at > 0x20 && *at < 0x7f ? *at : '_';
	to[used < room ? used : room - 1] = 0;
}

static void say_next(const struct places *places, char *to, size_t room)
{
	if (places->unit)
		snprintf(to, room, "systemctl restart %s", places->unit);
	else
		snprintf(to, room, "seawall agent --instance %s", places->instance);
}

void resort_to(struct resort *resort, const struct places *places, const struct question *question, enum silence why)
{
	char clock[300] = "";
	enum word word = word_of_rules(places->ledger, clock, sizeof(clock));
	bool is_judged = route_of(question) == ROUTE_JUDGED;
	char request[200], next[300];

	resort->allows = is_judged && (word == WORD_NONE ? allows_when_broken() : word == WORD_ALLOW);
	say_request(question, request, sizeof(request));
	say_next(places, next, sizeof(next));
	snprintf(
		resort->reason, sizeof(resort->reason),
		"Seawall could not judge the request (%s): the agent of instance %s %s. Nothing was found against it; it is %s. "
		"See what is wrong: seawall gate status. Start the agent again: %s.%s%s",
		request[0] == ' ' ? "in a form that is not known" : request, places->instance, words_of(why),
		resort->allows      ? "let through, as the rule for an agent that is away says"
		: !is_judged        ? "refused, because only the agent can tell what it does"
		: word == WORD_NONE ? "refused, as the host’s own rule says for a gate without a ledger"
				    : "refused, as the admission rule says for an agent that is away",
		next, clock[0] ? " " : "", clock);
}
