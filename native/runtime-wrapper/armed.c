#include "armed.h"

#include <stdio.h>

#include "agent.h"
#include "clock.h"

#define ARMED_MS 100      /* for which a container that is made waits for the sensor */
#define MUST_ARM_MS 10000 /* the same, where it must not go on before: the agent answers sooner */

/* The rule decides, not the clock. */
static bool refuse(struct start *start, const char *reason)
{
	start->is_allowed = false;
	start->cause = "unarmed";
	start->effect = "block";
	json_decref(start->rule);
	start->rule = NULL;
	snprintf(start->reason, sizeof(start->reason), "%s", reason);
	return false;
}

static bool take(struct start *start, enum asked asked, const json_t *reply)
{
	const char *refusal = json_string_value(json_object_get(reply, "refusal"));

	if (asked == ASKED_ANSWERED && json_is_true(json_object_get(reply, "armed"))) {
		start->armed = ARMED_YES;
		return true;
	}
	if (asked == ASKED_ANSWERED && refusal)
		return refuse(start, refusal);
	if (asked != ASKED_ANSWERED && start->must_arm)
		return refuse(
			start,
			"Its runtime rule prevents, and the agent did not say in time whether the sensor has armed it. "
			"See what is wrong with it: seawall gate status.");
	return true;
}

bool ask_armed(struct start *start)
{
	double from = monotonic_ms();
	json_t *line = json_object(), *reply = NULL;
	enum asked asked = ASKED_AWAY;
	bool goes_on;

	start->armed = ARMED_NO;
	json_object_set_new(line, "form", json_integer(1));
	json_object_set_new(line, "kind", json_string("created"));
	json_object_set_new(line, "container", json_string(start->arguments->container));
	if (start->agent.socket >= 0)
		asked = agent_go_on(&start->agent, line, start->must_arm ? MUST_ARM_MS : ARMED_MS, &reply);
	start->armed_ms = monotonic_ms() - from;
	goes_on = take(start, asked, reply);
	agent_leave(&start->agent);
	json_decref(line);
	json_decref(reply);
	return goes_on;
}
