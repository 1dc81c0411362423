/* Asks the agent about a start, and does what is to be done when it does not answer. */
#ifndef SEAWALL_ASK_H
#define SEAWALL_ASK_H

#include "start.h"

/* What is asked of the agent, and what is done when it does not answer. */
struct resort {
	struct patience patience;
	bool stands;         /* what the agent says is no matter where it cannot be read */
	bool holds;          /* the start is held: the agent has to find out */
	const char *agreed;  /* cause where the agent allows and names none */
	const char *refused; /* cause where it refuses and names none */
	bool allows;         /* when nobody answers, and why */
	const char *cause;
	const char *reason;
	const char *remedy; /* said behind why the agent did not answer; NULL: that it did not changes nothing */
};

/* Keeps as much of a text as there is room for, cut where a character ends. */
void set_reason(struct start *start, const char *text, size_t bytes);

/* Gives the answer. */
void decide(struct start *start, bool allows, const char *cause, const char *reason);

void ask(struct start *start, const struct resort *resort);

/* What every question says, as of a start of no image; the caller's to change and release. */
json_t *begin_question(const struct start *start);

/* The same with another question. */
void ask_with(struct start *start, const json_t *line, const struct resort *resort);

#endif
