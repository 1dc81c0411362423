#include "closer-look.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "ledger.h"
#include "read-file.h"
#include "without-image.h"

/* What a container of no image that is known gets at this engine, where nobody judges its settings. */
static bool may_unknown(const struct start *start)
{
	struct ledger_header header;

	if (!read_ledger_head(start->container.claimed, &header) || header.sequence == 0)
		return start->config->allows_when_broken;
	return header.unknown == LEDGER_ALLOW &&
	       (!(header.flags & (LEDGER_JUDGES_SETTINGS | LEDGER_JUDGES_COMPLIANCE)) ||
		header.agent_away == LEDGER_ALLOW);
}

/* An image that the ledger refuses is refused to whoever claims to be of it. */
static bool is_image_refused(struct start *start)
{
	const struct container *container = &start->container;
	enum read_state state;
	struct ledger_found found;
	struct ledger ledger;
	bool is_refused;
	int file = container->claims_image ? open_file(container->claimed->ledger, OF_ROOT, &state) : -1;

	if (file < 0 || ledger_open(&ledger, file))
		return false;
	is_refused = ledger_find(&ledger, container->digest, unix_ms(), &found) == LEDGER_FOUND &&
		     found.record.answer == LEDGER_DENY;
	if (is_refused)
		snprintf(start->reason, sizeof(start->reason), "%.*s", (int)found.record.reason_bytes, found.reason);
	ledger_close(&ledger);
	return is_refused;
}

/* It has what containers of no engine get, and what unknown images get: the stricter of both. */
static void judge_foreign(struct start *start)
{
	struct container *container = &start->container;
	bool allows = start->is_allowed && may_unknown(start);

	answer_without_image(start, allows, "not-admitted");
	if (allows)
		start->effect = "alert";
	if (!is_image_refused(start))
		snprintf(start->reason, sizeof(start->reason),
			 "It bears the id of a container of the engine and is not that container: %s. "
			 "Start the container by its engine, or this one under an id of its own.",
			 container->wrong);
	else
		answer_without_image(start, false, "verdict");
}

/* An allowed step of Docker's older builder; a look at its image said nothing of builds. */
static void judge_step(struct start *start)
{
	struct ledger_header header;

	if (!read_ledger_head(start->container.instance, &header) || header.builds == LEDGER_BUILDS_ALLOW)
		return;
	start->container.is_build = true;
	answer_without_image(start, false, "build");
	snprintf(start->reason, sizeof(start->reason), "%s",
		 header.builds == LEDGER_BUILDS_DENY
			 ? "Builds are blocked on this host. Build the image elsewhere and pull it."
			 : "Builds need an approved base here, and Docker’s older builder shows no gate what a build "
			   "stands on. Build with BuildKit, or on a machine that builds only.");
}

void look_closer(struct start *start)
{
	struct container *container = &start->container;

	if (container->claimed) {
		/* The agent of that engine is asked, and reports it. */
		container->instance = container->claimed;
		if (container->wrong[0])
			judge_foreign(start);
		else
			judge_without_image(start, "plugin", json_true());
	} else if (start->is_allowed && container->is_builder_step) {
		judge_step(start);
	}
}
