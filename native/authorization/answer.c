#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "../runtime-wrapper/clock.h"
#include "answer.h"
#include "connection.h"

static const struct text nothing = { .bytes = "" };

static void answer_json(struct connection *connection, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	if (text)
		connection_answer(connection, "200 OK", text, strlen(text));
	else
		connection_close(connection);
	free(text);
	json_decref(json);
}

static void answer_words(struct connection *connection, bool allows, const char *words)
{
	answer_json(connection, json_pack("{s:b,s:s}", "Allow", allows, "Msg", words));
}

/* At most one line in ten seconds: whoever floods the engine does not flood the journal. */
static void log_unjudged(const struct counts *counts, const char *reason)
{
	static double last = -1e9;

	if (monotonic_ms() - last < 10000)
		return;
	last = monotonic_ms();
	fprintf(stderr, "%s (%llu so far that nobody judged)\n", reason, counts->refused + counts->allowed);
}

static void answer_unjudged(struct server *server, struct connection *connection, const struct question *read,
			    enum silence why)
{
	struct counts *counts = &server->counts;
	struct resort resort;

	resort_to(&resort, &server->places, read, why);
	counts->last_unjudged = (double)unix_ms();
	if (resort.allows)
		counts->allowed++;
	else
		counts->refused++;
	log_unjudged(counts, resort.reason);
	answer_words(connection, resort.allows, resort.allows ? "" : resort.reason);
}

static void ask_agent(struct server *server, struct connection *connection, const struct question *read)
{
	bool is_request = connection->purpose == PURPOSE_REQUEST;

	connection->inquiry = calloc(1, sizeof(*connection->inquiry));
	if (!connection->inquiry) {
		connection_close(connection);
		return;
	}
	connection->inquiry->read = *read;
	connection->at = CONNECTION_ASKS;
	asking_begin(&connection->inquiry->asking, &server->places,
		     is_request ? "/AuthZPlugin.AuthZReq" : "/Plugin.Activate",
		     is_request ? &connection->question : &nothing);
}

static void judge_request(struct server *server, struct connection *connection)
{
	static const struct question unread;
	static struct question read;

	if (connection->http.is_too_long) {
		answer_unjudged(server, connection, &unread, AGENT_OVERRUN);
		return;
	}
	if (!question_read(&read, connection->question.bytes, connection->question.used))
		read = unread;
	switch (route_of(&read)) {
	case ROUTE_FREE:
		server->counts.answered++;
		answer_words(connection, true, "");
		return;
	case ROUTE_TRIAL:
		server->counts.answered++;
		answer_words(connection, false, trial_refusal());
		return;
	case ROUTE_JUDGED:
	case ROUTE_CLOSED:
		ask_agent(server, connection, &read);
		return;
	}
}

void answer_question(struct server *server, struct connection *connection)
{
	static const char activated[] = "{\"Implements\":[\"authz\"]}", done[] = "{\"Allow\":true}";

	switch (connection->purpose) {
	case PURPOSE_ACTIVATE:
		connection_answer(connection, "200 OK", activated, sizeof(activated) - 1);
		return;
	case PURPOSE_RESPONSE:
		/* What was done cannot be undone here. */
		connection_answer(connection, "200 OK", done, sizeof(done) - 1);
		return;
	case PURPOSE_REQUEST:
		judge_request(server, connection);
		return;
	case PURPOSE_STATUS:
		ask_agent(server, connection, &(struct question){ 0 });
		return;
	case PURPOSE_NONE:
		connection_close(connection);
		return;
	}
}

static const char *word_of_agent(const struct asking *asking)
{
	static const char *const words[] = { "away", "late", "unclear", "late" };

	return asking->is_answered ? "answers" : words[asking->why];
}

static void answer_status(const struct server *server, struct connection *connection)
{
	const struct counts *counts = &server->counts;
	const struct asking *asking = &connection->inquiry->asking;

	answer_json(connection,
		    json_pack("{s:s,s:s,s:i,s:f,s:s,s:s,s:s,s:s,s:f,s:I,s:I,s:I,s:I,s:f}", "program", "seawall-authz",
			      "version", AUTHZ_VERSION, "pid", (int)getpid(), "since", server->since, "instance",
			      server->places.instance, "socket", server->places.agent, "listens",
			      server->path ? "path" : "systemd", "agent", word_of_agent(asking), "milliseconds",
			      monotonic_ms() - asking->began, "answered", (json_int_t)counts->answered, "asked",
			      (json_int_t)counts->asked, "refused", (json_int_t)counts->refused, "allowed",
			      (json_int_t)counts->allowed, "lastUnjudged", counts->last_unjudged));
}

/* The agent's own words go on as they are, when they are an object with an answer. */
static bool is_answer(const struct text *answer)
{
	json_t *json = json_loadb(answer->bytes, answer->used, JSON_REJECT_DUPLICATES, NULL);
	bool is_one = json_is_boolean(json_object_get(json, "Allow"));

	json_decref(json);
	return is_one;
}

void answer_asked(struct server *server, struct connection *connection)
{
	const struct asking *asking = &connection->inquiry->asking;

	if (connection->purpose == PURPOSE_STATUS) {
		answer_status(server, connection);
	} else if (asking->is_answered && is_answer(&asking->answer)) {
		server->counts.asked++;
		connection_answer(connection, "200 OK", asking->answer.bytes, asking->answer.used);
	} else {
		answer_unjudged(server, connection, &connection->inquiry->read,
				asking->is_answered ? AGENT_UNCLEAR : asking->why);
	}
	connection_forget(connection);
}
