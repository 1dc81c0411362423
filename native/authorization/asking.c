#include "asking.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../runtime-wrapper/clock.h"

#define AGAIN_MS 25
#define LONGEST_ANSWER 65536
/* However often the agent says that it is at work: longer than any hold. */
#define MOST_MS (150 * 1000)

static void leave(struct asking *asking)
{
	if (asking->socket >= 0)
		close(asking->socket);
	asking->socket = -1;
	text_drop(&asking->answer);
}

static void end_without(struct asking *asking, enum silence why)
{
	leave(asking);
	asking->why = why;
	asking->at = ASKING_ENDED;
}

/* Nobody was reached, or hung up: an agent that is being started anew has the whole time. */
static void try_again(struct asking *asking, enum silence why)
{
	leave(asking);
	asking->why = why;
	asking->at = ASKING_NOBODY;
	asking->again = monotonic_ms() + AGAIN_MS;
}

static void reach(struct asking *asking)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	asking->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (asking->socket < 0 || strlen(asking->places->agent) >= sizeof(address.sun_path)) {
		end_without(asking, AGENT_AWAY);
		return;
	}
	strcpy(address.sun_path, asking->places->agent);
	if (connect(asking->socket, (struct sockaddr *)&address, sizeof(address))) {
		try_again(asking, errno == EAGAIN ? AGENT_LATE : AGENT_AWAY);
		return;
	}
	asking->said = 0;
	asking->at = ASKING_SAYS;
	http_begin(&asking->http, HTTP_REPLY);
}

static void say(struct asking *asking)
{
	size_t head = strlen(asking->head), all = head + asking->body->used;

	while (asking->said < all) {
		bool is_head = asking->said < head;
		const char *from = is_head ? asking->head + asking->said : asking->body->bytes + asking->said - head;
		size_t bytes = (is_head ? head : all) - asking->said;
		ssize_t sent = send(asking->socket, from, bytes, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent <= 0) {
			try_again(asking, AGENT_AWAY);
			return;
		}
		asking->said += (size_t)sent;
	}
	asking->at = ASKING_HEARS;
}

/* Behind the head of a reply. One of the hundreds says that the agent is at work, as with a start that is held. */
static bool take_head(struct asking *asking)
{
	struct http *http = &asking->http;
	double most = asking->began + MOST_MS;

	if (http->status >= 200) {
		http->keep = &asking->answer;
		http->most = LONGEST_ANSWER;
		return http->status == 200;
	}
	asking->until = monotonic_ms() + PATIENCE_MS < most ? monotonic_ms() + PATIENCE_MS : most;
	http_begin(http, HTTP_REPLY);
	return true;
}

static void take(struct asking *asking, const char *bytes, size_t count)
{
	struct http *http = &asking->http;

	for (;;) {
		size_t taken = http_read(http, bytes, count);

		bytes += taken;
		count -= taken;
		if (http->at == HTTP_HEAD_READ) {
			if (take_head(asking))
				continue;
			http->at = HTTP_WRONG;
		}
		if (http->at == HTTP_WRONG || (http->at == HTTP_DONE && (http->is_too_long || !asking->answer.used))) {
			end_without(asking, AGENT_UNCLEAR);
			return;
		}
		if (http->at == HTTP_DONE) {
			asking->is_answered = true;
			asking->at = ASKING_ENDED;
			return;
		}
		if (count == 0)
			return;
	}
}

static void hear(struct asking *asking)
{
	static char bytes[16384];

	while (asking->at == ASKING_HEARS) {
		ssize_t got = recv(asking->socket, bytes, sizeof(bytes), 0);

		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0)
			try_again(asking, AGENT_AWAY);
		else
			take(asking, bytes, (size_t)got);
	}
}

void asking_begin(struct asking *asking, const struct places *places, const char *target, const struct text *body)
{
	memset(asking, 0, sizeof(*asking));
	asking->places = places;
	asking->body = body;
	asking->socket = -1;
	asking->began = monotonic_ms();
	asking->until = asking->began + PATIENCE_MS;
	snprintf(asking->head, sizeof(asking->head),
		 "POST %s HTTP/1.1\r\nHost: agent\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", target,
		 body->used);
	asking_go_on(asking);
}

void asking_go_on(struct asking *asking)
{
	double now = monotonic_ms();

	if (asking->at == ASKING_NOBODY && now >= asking->again)
		reach(asking);
	if (asking->at == ASKING_SAYS)
		say(asking);
	if (asking->at == ASKING_HEARS)
		hear(asking);
	if (asking->at != ASKING_ENDED && monotonic_ms() >= asking->until)
		end_without(asking, asking->at == ASKING_NOBODY ? asking->why : AGENT_LATE);
}

short asking_events(const struct asking *asking)
{
	return asking->at == ASKING_SAYS ? POLLOUT : asking->at == ASKING_HEARS ? POLLIN : 0;
}

double asking_alarm(const struct asking *asking)
{
	return asking->at == ASKING_NOBODY && asking->again < asking->until ? asking->again : asking->until;
}

void asking_end(struct asking *asking)
{
	leave(asking);
	asking->at = ASKING_ENDED;
}
