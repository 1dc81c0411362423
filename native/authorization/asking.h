/* Hands a request on to the agent and hears what it says, without ever waiting itself. */
#ifndef SEAWALL_ASKING_H
#define SEAWALL_ASKING_H

#include "http.h"
#include "resort.h"

enum asking_at {
	ASKING_NOBODY, /* tries to reach it again in a moment */
	ASKING_SAYS,
	ASKING_HEARS,
	ASKING_ENDED,
};

struct asking {
	enum asking_at at;
	const struct places *places;
	const struct text *body; /* whose it is stays until the end */
	int socket;
	char head[256];
	size_t said; /* of head and body */
	struct http http;
	struct text answer;
	double began;
	double until; /* of a clock that only goes forward, ms */
	double again;
	bool is_answered;
	enum silence why; /* it is not answered */
};

void asking_begin(struct asking *asking, const struct places *places, const char *target, const struct text *body);

/* Does what can be done now; whether it has ended is seen by `at`. */
void asking_go_on(struct asking *asking);

/* What to poll its socket for; 0: nothing. */
short asking_events(const struct asking *asking);

/* When it must go on though nothing happens. */
double asking_alarm(const struct asking *asking);

void asking_end(struct asking *asking);

#endif
