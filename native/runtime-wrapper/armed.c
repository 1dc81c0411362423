#include "armed.h"

#include "agent.h"
#include "clock.h"

#define ARMED_MS 100 /* for which a container that is made waits for the sensor */

void ask_armed(struct start *start)
{
	double from = monotonic_ms();
	json_t *line = json_object(), *reply = NULL;

	start->armed = ARMED_NO;
	json_object_set_new(line, "form", json_integer(1));
	json_object_set_new(line, "kind", json_string("created"));
	json_object_set_new(line, "container", json_string(start->arguments->container));
	if (start->agent.socket >= 0 && agent_go_on(&start->agent, line, ARMED_MS, &reply) == ASKED_ANSWERED &&
	    json_is_true(json_object_get(reply, "armed")))
		start->armed = ARMED_YES;
	start->armed_ms = monotonic_ms() - from;
	agent_leave(&start->agent);
	json_decref(line);
	json_decref(reply);
}
