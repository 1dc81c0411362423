/* Whom an admission rule holds for: the scopes that the compiled ledger carries, on what is known of a start. */
#ifndef SEAWALL_START_SCOPE_H
#define SEAWALL_START_SCOPE_H

#include "container.h"

/* A start as rules look at it. */
struct start_scope {
	json_t *config; /* holds the texts */
	const json_t *labels;
	const char *subject;
	const char *environment; /* NULL: none */
	bool is_clear; /* else what the engine keeps of it is not as it should be, and only the agent can say */
};

enum holds {
	HOLDS_NOT,
	HOLDS,
	HOLDS_UNCLEAR, /* only the agent can say: letters beyond ASCII, or files that are not as they should be */
};

/* `place`: the environments of the host, by the ledger's settings. */
void read_start_scope(struct start_scope *scope, const struct container *container, const char *id,
		      const json_t *place);
void free_start_scope(struct start_scope *scope);

/* Whether a rule's scope, a list of collections, holds a start; NULL: everything. */
enum holds scope_holds(const json_t *collections, const struct start_scope *scope);

#endif
