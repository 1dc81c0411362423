/* What a server of the engine keeps: its connections, and what it counts. */
#ifndef SEAWALL_AUTHORIZATION_SERVER_H
#define SEAWALL_AUTHORIZATION_SERVER_H

#include "asking.h"
#include "resort.h"

#define AUTHZ_VERSION "0.1.0"
/* A request of 4 MiB as base64, and what is around it. */
#define LONGEST_QUESTION (8 * 1024 * 1024)

/* What was asked since the program started. */
struct counts {
	unsigned long long answered; /* by itself */
	unsigned long long asked;    /* the agent answered */
	unsigned long long refused;  /* nobody judged it */
	unsigned long long allowed;  /* nobody judged it, and a rule lets it through */
	double last_unjudged;        /* Unix time, ms; 0: never */
};

enum connection_at {
	CONNECTION_READS,
	CONNECTION_ASKS,
	CONNECTION_ANSWERS,
	CONNECTION_ENDED,
};

enum purpose {
	PURPOSE_NONE,
	PURPOSE_ACTIVATE,
	PURPOSE_REQUEST,
	PURPOSE_RESPONSE,
	PURPOSE_STATUS,
};

/* A request that the agent is asked about. */
struct inquiry {
	struct question read;
	struct asking asking;
};

struct connection {
	int socket;
	enum connection_at at;
	enum purpose purpose;
	double since; /* its request began, or its answer */
	struct http http;
	struct text question;
	struct text rest; /* what came behind the request that is answered now */
	struct text answer;
	size_t answered;
	struct inquiry *inquiry; /* NULL: nobody is asked */
};

struct server {
	struct places places;
	const char *path; /* NULL: systemd opened the socket */
	int socket;
	double since; /* Unix time, ms */
	struct counts counts;
};

#endif
