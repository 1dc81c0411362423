/* What the admission rules in the compiled ledger say of a container's settings, without any agent. */
#ifndef SEAWALL_SETTINGS_ANSWER_H
#define SEAWALL_SETTINGS_ANSWER_H

#include "container.h"
#include "ledger.h"

enum settings_word {
	SETTINGS_CLEAN, /* no rule objects */
	SETTINGS_ALERT,
	SETTINGS_BLOCK,
	SETTINGS_ASK, /* only the agent can say, see `why` */
};

struct settings_answer {
	enum settings_word word;
	bool is_unclear; /* which rule holds depends on what only the agent can read; none of those refuses */
	bool is_check;   /* a compliance rule refuses, by a check of which settings decide */
	bool is_unread;  /* the spec is not as it should be, which is the fault of whoever made the bundle */
	json_t *broken;  /* what was objected to: an array, see `judge_settings` */
	json_t *rule;    /* whose; NULL: of none, or it is not clear */
	const char *why;
};

/* What is judged. */
struct settings_question {
	const struct container *container;
	const char *id;
	const char *bundle; /* absolute */
};

void answer_settings(struct ledger *ledger, const struct settings_question *question, struct settings_answer *answer);

/* The same by the text of the ledger's settings. */
void answer_settings_by(const json_t *settings, const struct settings_question *question,
			struct settings_answer *answer);

void free_settings_answer(struct settings_answer *answer);

#endif
