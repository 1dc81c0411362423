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

/* When a wait ends. */
struct deadline {
	struct agent *agent;
	double from, until;
	const struct waiting *waiting; /* NULL: it does not grow */
};

/* Milliseconds that are left. At its end a wait grows with those who wait as well by then. */
static double left_of(struct deadline *deadline)
{
	double now = monotonic_ms(), grown;
	int others;

	if (now < deadline->until || !deadline->waiting)
		return deadline->until - now;
	others = waiting_others(deadline->waiting);
	if (others > deadline->agent->others)
		deadline->agent->others = others;
	grown = SHARE_MS + SHARE_MS * (double)deadline->agent->others;
	if (grown > MOST_SHARED_MS)
		grown = MOST_SHARED_MS;
	if (deadline->from + grown > deadline->until) {
		deadline->agent->waited = grown;
		deadline->until = deadline->from + grown;
	}
	return deadline->until - now;
}

/* False when it is not ready until then. */
static bool wait_for(const struct agent *agent, short events, struct deadline *deadline)
{
	struct pollfd one = { .fd = agent->socket, .events = events };
	double left;

	while ((left = left_of(deadline)) > 0)
		if (poll(&one, 1, (int)left + 1) > 0)
			return true;
	return false;
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

static enum asked say(const struct agent *agent, const char *text, size_t bytes, struct deadline *until)
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
static enum asked hear(const struct agent *agent, struct deadline *until, json_t **reply)
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
			return json_is_object(*reply) ? ASKED_ANSWERED : ASKED_UNREADABLE;
		}
	}
	return ASKED_UNREADABLE;
}

static enum asked converse(struct agent *agent, const json_t *line, struct deadline *until, json_t **reply)
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
	struct deadline deadline = { .agent = agent, .until = monotonic_ms() + most_ms };

	return converse(agent, line, &deadline, reply);
}

enum asked agent_ask(struct agent *agent, const char *path, const json_t *question, struct patience patience,
		     json_t **reply)
{
	double from = monotonic_ms(), away_until = from + patience.away;
	struct deadline deadline = {
		.agent = agent, .from = from, .until = from + patience.answer, .waiting = patience.waiting
	};
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };

	agent->waited = patience.answer;
	agent->others = 0;
	for (int contacts = 0;;) {
		enum asked asked = join(agent, path);
		double now;

		if (asked == ASKED_ANSWERED) {
			asked = converse(agent, question, &deadline, reply);
			if (asked != ASKED_AWAY || ++contacts == MOST_CONTACTS)
				return asked;
			/* It was there: an agent that is started anew has the whole time again. */
			away_until = monotonic_ms() + patience.away;
		}
		agent_leave(agent);
		now = monotonic_ms();
		if ((asked == ASKED_LATE && left_of(&deadline) < RETRY_MS) || now + RETRY_MS >= deadline.until ||
		    (asked == ASKED_AWAY && now + RETRY_MS >= away_until))
			return asked;
		nanosleep(&pause, NULL);
	}
}
