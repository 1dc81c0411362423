/* What is answered where the agent says nothing. */
#ifndef SEAWALL_RESORT_H
#define SEAWALL_RESORT_H

#include <stdbool.h>

#include "routes.h"

#define PATIENCE_S 2 /* for a sign of the agent */
#define PATIENCE_MS (PATIENCE_S * 1000)
#define QUOTED(text) #text
#define TEXT_OF(value) QUOTED(value)

/* Where this instance keeps what its gate goes by. */
struct places {
	const char *instance;
	const char *agent;  /* socket of the agent */
	const char *ledger; /* compiled; NULL: not known */
	const char *unit;   /* of the agent, as systemd calls it; NULL: not known */
};

enum silence {
	AGENT_AWAY, /* nobody listens, or whoever did hung up */
	AGENT_LATE,
	AGENT_UNCLEAR, /* what it says is no answer */
	AGENT_OVERRUN, /* the question is longer than what is kept of one, or too many wait */
};

struct resort {
	bool allows;
	char reason[2048];
};

/* A request that nobody judged, for this reason. `method` and `uri` are the client's, and may hold anything. */
void resort_to(struct resort *resort, const struct places *places, const struct question *question, enum silence why);

#endif
