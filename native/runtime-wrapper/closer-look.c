#include "closer-look.h"

#include <stdio.h>

#include "clock.h"
#include "ledger.h"
#include "read-file.h"

/* False when there is no ledger that can be believed. */
static bool read_head(const struct instance *instance, struct ledger_header *header)
{
	enum read_state state;
	int file = open_file(instance->ledger, OF_ROOT, &state);
	struct ledger ledger;

	if (file < 0 || ledger_open(&ledger, file))
		return false;
	*header = ledger.header;
	ledger_close(&ledger);
	return true;
}

/* The answer no longer rests on the image. */
static void answer(struct start *start, bool allows, const char *cause)
{
	start->is_allowed = allows;
	start->cause = cause;
	start->effect = allows ? "alert" : "block";
	json_decref(start->rule);
	start->rule = NULL;
	start->milliseconds = monotonic_ms() - start->began;
}

/* What a container of no image that is known gets at this engine, where nobody judges its settings. */
static bool may_unknown(const struct start *start)
{
	struct ledger_header header;

	if (!read_head(start->container.claimed, &header) || header.sequence == 0)
		return start->config->allows_when_broken;
	return header.unknown == LEDGER_ALLOW &&
	       (!(header.flags & LEDGER_JUDGES_SETTINGS) || header.agent_away == LEDGER_ALLOW);
}

/* It has what containers of no engine get, and what unknown images get: the stricter of both. */
static void judge_foreign(struct start *start)
{
	struct container *container = &start->container;

	answer(start, start->is_allowed && may_unknown(start), "not-admitted");
	snprintf(start->reason, sizeof(start->reason),
		 "It bears the id of a container of the engine and is not that container: %s. "
		 "Start the container by its engine, or this one under an id of its own.",
		 container->wrong);
	/* The agent of that engine tells of it. */
	container->instance = container->claimed;
}

void look_closer(struct start *start)
{
	if (start->container.claimed)
		judge_foreign(start);
}
