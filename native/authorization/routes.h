/* What a request to the engine is, by the table that the agent goes by too
 * (`src/gate/agent/docker-authz/routes.json`). */
#ifndef SEAWALL_ROUTES_H
#define SEAWALL_ROUTES_H

#include <stdbool.h>

#include "question.h"

enum route {
	/* It changes nothing, or nothing that the gate judges: the agent lets each of these through. */
	ROUTE_FREE,
	/* By this request it is seen whether the engine asks at all. */
	ROUTE_TRIAL,
	/* The agent judges it. */
	ROUTE_JUDGED,
	/* The agent lets nobody make it, whatever a rule says. Also what is not understood here. */
	ROUTE_CLOSED,
};

/* Reads the table; false when there is no memory for it. */
bool routes_open(void);

enum route route_of(const struct question *question);

/* Said to whoever made the trial. */
const char *trial_refusal(void);

#endif
