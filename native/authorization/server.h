/* Serves the engine: one thread, and no connection waits for another. */
#ifndef SEAWALL_SERVER_H
#define SEAWALL_SERVER_H

#include "asking.h"
#include "resort.h"

#define AUTHZ_VERSION "0.1.0"
#define PATIENCE_S 2 /* for a sign of the agent */
#define PATIENCE_MS (PATIENCE_S * 1000)
#define QUOTED(text) #text
#define TEXT_OF(value) QUOTED(value)
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

/* Answers what has been read, or begins to ask the agent. */
void answer_question(struct server *server, struct connection *connection);

/* Answers by what the agent said, or did not say. */
void answer_asked(struct server *server, struct connection *connection);

void connection_open(struct connection *connection, int socket);
void connection_close(struct connection *connection);

/* The agent has said what it says, or nobody waits for it. */
void connection_forget(struct connection *connection);

/* Goes on with whatever is possible now. */
void connection_go_on(struct server *server, struct connection *connection, bool may_read);

/* When it must go on though nothing happens; 0: never. */
double connection_alarm(const struct connection *connection);

/* Whether nobody waits for anything of it. */
bool connection_is_idle(const struct connection *connection);

/* Sends this with status 200. */
void connection_answer(struct connection *connection, const char *json, size_t bytes);

/* Serves until it is told to end, or another program has taken its place. Returns what the program ends with. */
int serve(struct server *server);

#endif
