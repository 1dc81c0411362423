#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define LONGEST_REPLY 65536
#define RETRY_MS 20
#define MOST_CONTACTS 3 /* with an agent that hangs up */

void agent_leave(struct agent *agent)
{
	if (agent->socket >= 0)
		close(agent->socket);
	agent->socket = -1;
}

/* False when it is not ready until then. */
static bool wait_for(const struct agent *agent, short events, double until)
{
	struct pollfd one = { .fd = agent->socket, .events = events };
	double left = until - monotonic_ms();

	return left > 0 && poll(&one, 1, (int)left + 1) > 0;
}

/* ASKED_LATE: the agent is there and takes nobody more. */
static enum asked join(struct agent *agent, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return ASKED_AWAY;
	strcpy(address.sun_path, path);
	agent->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (agent->socket < 0)
		return ASKED_AWAY;
	if (connect(agent->socket, (struct sockaddr *)&address, sizeof(address)) == 0)
		return ASKED_ANSWERED;
	return errno == EAGAIN ? ASKED_LATE : ASKED_AWAY;
}

static enum asked say(const struct agent *agent, const char *text, size_t bytes, double until)
{
	while (bytes > 0) {
		ssize_t sent = send(agent->socket, text, bytes, MSG_NOSIGNAL);

		if (sent > 0) {
			text += sent;
			bytes -= (size_t)sent;
		} else if (errno != EAGAIN) {
			return ASKED_AWAY;
		} else if (!wait_for(agent, POLLOUT, until)) {
			return ASKED_LATE;
		}
	}
	return ASKED_ANSWERED;
}

/* What came until the end of a line. */
static enum asked hear(const struct agent *agent, double until, json_t **reply)
{
	static char line[LONGEST_REPLY];
	size_t used = 0;

	while (used < sizeof(line)) {
		ssize_t got = recv(agent->socket, line + used, sizeof(line) - used, 0);
		char *end;

		if (got == 0 || (got < 0 && errno != EAGAIN))
			return ASKED_AWAY;
		if (got < 0 && !wait_for(agent, POLLIN, until))
			return ASKED_LATE;
		if (got < 0)
			continue;
		end = memchr(line + used, '\n', (size_t)got);
		used += (size_t)got;
		if (end) {
			*reply = json_loadb(line, (size_t)(end - line),
					    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
			return json_is_object(*reply) ? ASKED_ANSWERED : ASKED_AWAY;
		}
	}
	return ASKED_AWAY;
}

static enum asked converse(struct agent *agent, const json_t *line, double until, json_t **reply)
{
	char *text = json_dumps(line, JSON_COMPACT);
	enum asked asked = ASKED_AWAY;
	size_t bytes = text ? strlen(text) : 0;

	*reply = NULL;
	if (text) {
		text[bytes] = '\n'; /* in the place of the terminator */
		asked = say(agent, text, bytes + 1, until);
	}
	free(text);
	if (asked == ASKED_ANSWERED)
		asked = hear(agent, until, reply);
	if (asked != ASKED_ANSWERED) {
		json_decref(*reply);
		*reply = NULL;
	}
	return asked;
}

enum asked agent_go_on(struct agent *agent, const json_t *line, double most_ms, json_t **reply)
{
	return converse(agent, line, monotonic_ms() + most_ms, reply);
}

enum asked agent_ask(struct agent *agent, const char *path, const json_t *question, struct patience patience,
		     json_t **reply)
{
	double until = monotonic_ms() + patience.answer, away_until = monotonic_ms() + patience.away;
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };

	for (int contacts = 0;;) {
		enum asked asked = join(agent, path);
		double now;

		if (asked == ASKED_ANSWERED) {
			asked = converse(agent, question, until, reply);
			if (asked != ASKED_AWAY || ++contacts == MOST_CONTACTS)
				return asked;
			/* It was there: an agent that is started anew has the whole time again. */
			away_until = monotonic_ms() + patience.away;
		}
		agent_leave(agent);
		now = monotonic_ms();
		if (now + RETRY_MS >= until || (asked == ASKED_AWAY && now + RETRY_MS >= away_until))
			return asked;
		nanosleep(&pause, NULL);
	}
}
