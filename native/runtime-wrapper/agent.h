/* Talks with the agent of an instance: one JSON object a line, over its unix socket. */
#ifndef SEAWALL_AGENT_H
#define SEAWALL_AGENT_H

#include <jansson.h>

#include "waiting.h"

enum asked {
	ASKED_NOT, /* there was no need */
	ASKED_ANSWERED,
	ASKED_LATE,
	ASKED_AWAY,       /* nobody listens, or whoever did hung up */
	ASKED_UNREADABLE, /* it answered, with a line that is too long or not an answer */
};

struct agent {
	int socket; /* -1: none */
	/* Of the last question. */
	double waited; /* ms that it was given */
	int others;    /* starts that waited for the same agent meanwhile */
};

/* How long to wait, ms. */
struct patience {
	double answer; /* in all */
	double away;   /* of it, while nobody listens */
	/* With each other start that waits there are SHARE_MS more, up to MOST_SHARED_MS in all; NULL: it does not grow. */
	const struct waiting *waiting;
};

#define SHARE_MS 100
#define MOST_SHARED_MS 1000

/* Says a line and waits for the line that answers it: an object, to be released. Keeps the connection. */
enum asked agent_ask(struct agent *agent, const char *path, const json_t *question, struct patience patience,
		     json_t **reply);

/* Goes on with a conversation that has a connection. */
enum asked agent_go_on(struct agent *agent, const json_t *line, double most_ms, json_t **reply);

void agent_leave(struct agent *agent);

#endif
