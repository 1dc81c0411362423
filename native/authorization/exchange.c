#include "exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../runtime-wrapper/clock.h"
#include "answer.h"
#include "connection.h"

#define PIECE 65536

static void answer_wrong(struct connection *connection, const char *status)
{
	connection->http.closes = true;
	connection_answer(connection, status, "", 0);
}

static enum purpose purpose_of(const struct http *http)
{
	static const struct {
		const char *target;
		enum purpose purpose;
	} known[] = {
		{ "/AuthZPlugin.AuthZReq", PURPOSE_REQUEST },
		{ "/AuthZPlugin.AuthZRes", PURPOSE_RESPONSE },
		{ "/Plugin.Activate", PURPOSE_ACTIVATE },
		{ "/Seawall.Status", PURPOSE_STATUS },
	};

	for (size_t at = 0; at < sizeof(known) / sizeof(known[0]); at++)
		if (strcmp(http->target, known[at].target) == 0)
			return known[at].purpose;
	return PURPOSE_NONE;
}

static void take_head(struct connection *connection)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct http *http = &connection->http;

	connection->purpose = purpose_of(http);
	if (connection->purpose == PURPOSE_REQUEST) {
		http->keep = &connection->question;
		http->most = LONGEST_QUESTION;
	}
	/* Whoever waits for it has sent nothing else, so there is room. */
	if (http->expects && send(connection->socket, go_on, sizeof(go_on) - 1, MSG_NOSIGNAL) < 0)
		http->at = HTTP_WRONG;
}

/* Reads until a request is whole, or all is read. Returns what was taken. */
static size_t take(struct server *server, struct connection *connection, const char *bytes, size_t count)
{
	struct http *http = &connection->http;
	size_t taken = 0;

	while (connection->at == CONNECTION_READS && (taken < count || http->at == HTTP_HEAD_READ)) {
		if (connection_is_idle(connection))
			connection->since = monotonic_ms();
		taken += http_read(http, bytes + taken, count - taken);
		if (http->at == HTTP_HEAD_READ) {
			take_head(connection);
			taken += http_read(http, bytes + taken, count - taken);
		}
		if (http->at == HTTP_WRONG)
			answer_wrong(connection, "400 Bad Request");
		else if (http->at == HTTP_DONE && connection->purpose == PURPOSE_NONE)
			connection_answer(connection, "404 Not Found", "", 0);
		else if (http->at == HTTP_DONE)
			answer_question(server, connection);
	}
	return taken;
}

static void read_more(struct server *server, struct connection *connection)
{
	static char bytes[PIECE];
	ssize_t got = recv(connection->socket, bytes, sizeof(bytes), 0);
	size_t taken;

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		connection_close(connection);
		return;
	}
	taken = take(server, connection, bytes, (size_t)got);
	if (connection->at != CONNECTION_ENDED && taken < (size_t)got &&
	    !text_add(&connection->rest, bytes + taken, (size_t)got - taken, PIECE))
		connection_close(connection);
}

/* What came meanwhile is read before anything else is. */
static void take_rest(struct server *server, struct connection *connection)
{
	struct text rest = connection->rest;
	size_t taken;

	connection->rest = (struct text){ 0 };
	taken = take(server, connection, rest.bytes, rest.used);
	if (connection->at != CONNECTION_ENDED && taken < rest.used &&
	    !text_add(&connection->rest, rest.bytes + taken, rest.used - taken, PIECE))
		connection_close(connection);
	text_drop(&rest);
}

static void send_answer(struct connection *connection)
{
	struct text *answer = &connection->answer;

	while (connection->answered < answer->used) {
		ssize_t sent = send(connection->socket, answer->bytes + connection->answered,
				    answer->used - connection->answered, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent <= 0) {
			connection_close(connection);
			return;
		}
		connection->answered += (size_t)sent;
	}
	text_drop(answer);
	if (connection->http.closes) {
		connection_close(connection);
		return;
	}
	http_begin(&connection->http, HTTP_REQUEST);
	connection->since = monotonic_ms();
	connection->at = CONNECTION_READS;
}

void exchange_go_on(struct server *server, struct connection *connection, bool may_read)
{
	double alarm = connection_alarm(connection);

	if (connection->at == CONNECTION_READS && may_read)
		read_more(server, connection);
	else if (connection->at != CONNECTION_ASKS && alarm > 0 && monotonic_ms() >= alarm)
		connection_close(connection);
	for (;;) {
		if (connection->at == CONNECTION_ASKS) {
			asking_go_on(&connection->inquiry->asking);
			if (connection->inquiry->asking.at != ASKING_ENDED)
				return;
			answer_asked(server, connection);
		}
		if (connection->at == CONNECTION_ANSWERS)
			send_answer(connection);
		if (connection->at != CONNECTION_READS || connection->rest.used == 0)
			return;
		take_rest(server, connection);
	}
}
