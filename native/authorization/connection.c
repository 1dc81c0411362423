#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../runtime-wrapper/clock.h"

/* For the engine to send what it began, and to take what it asked for, ms. */
#define PEER_MS 10000
#define LONGEST_ANSWER (128 * 1024)

void connection_open(struct connection *connection, int socket)
{
	memset(connection, 0, sizeof(*connection));
	connection->socket = socket;
	connection->since = monotonic_ms();
	http_begin(&connection->http, HTTP_REQUEST);
}

void connection_forget(struct connection *connection)
{
	if (connection->inquiry)
		asking_end(&connection->inquiry->asking);
	free(connection->inquiry);
	connection->inquiry = NULL;
}

void connection_close(struct connection *connection)
{
	connection_forget(connection);
	text_drop(&connection->question);
	text_drop(&connection->rest);
	text_drop(&connection->answer);
	if (connection->socket >= 0)
		close(connection->socket);
	connection->socket = -1;
	connection->at = CONNECTION_ENDED;
}

bool connection_is_idle(const struct connection *connection)
{
	return connection->at == CONNECTION_READS && connection->http.at == HTTP_FIRST_LINE &&
	       connection->http.line_bytes == 0;
}

double connection_alarm(const struct connection *connection)
{
	if (connection->at == CONNECTION_ASKS)
		return asking_alarm(&connection->inquiry->asking);
	return connection_is_idle(connection) ? 0 : connection->since + PEER_MS;
}

void connection_answer(struct connection *connection, const char *status, const char *body, size_t bytes)
{
	struct text *answer = &connection->answer;
	char head[256];
	int length = snprintf(head, sizeof(head),
			      "HTTP/1.1 %s\r\nContent-Type: application/vnd.docker.plugins.v1.2+json\r\n"
			      "Content-Length: %zu\r\n%s\r\n",
			      status, bytes, connection->http.closes ? "Connection: close\r\n" : "");

	text_drop(&connection->question);
	connection->answered = 0;
	connection->since = monotonic_ms();
	connection->at = CONNECTION_ANSWERS;
	if (!text_add(answer, head, (size_t)length, LONGEST_ANSWER) || !text_add(answer, body, bytes, LONGEST_ANSWER))
		connection_close(connection);
}
