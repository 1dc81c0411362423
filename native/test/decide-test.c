/* Asks the one decision every question that there is, and compares with what docs say of it: rules in their order, the
 * first that holds answers. */
#include <stdbool.h>
#include <stdio.h>

#include "../sensor/decide.h"

#define EFFECTS 3
#define ORIGINS 7 /* with the one that is not known */
#define TABLES 3
#define EDGES 3
#define APPLETS 3
#define POLICY_FLAGS (WIRE_POLICY_TABLED | WIRE_POLICY_MODELLED | WIRE_POLICY_SKIP_EXEC_SESSIONS)
#define FILE_FLAGS (WIRE_FILE_LOADER | WIRE_FILE_ARGUMENTS | WIRE_FILE_RUNS_CODE | WIRE_FILE_TOOL)

static unsigned long questions, wrong;

static bool has(uint32_t flags, uint32_t flag)
{
	return (flags & flag) == flag;
}

/* Of two reasons the one with the graver effect, the model's where both are equal. */
static struct decide_answer graver(struct decide_answer model, struct decide_answer tool)
{
	if (tool.reason == WIRE_REASON_NONE)
		return model;
	if (model.reason == WIRE_REASON_NONE)
		return tool;
	return tool.effect > model.effect ? tool : model;
}

static struct decide_answer expected(const struct decide_question *q)
{
	const struct decide_answer none = { 0, WIRE_REASON_NONE };
	bool is_image = q->origin == WIRE_ORIGIN_IMAGE, in_session = q->session == WIRE_SESSION_EXEC;
	bool is_left_out = in_session && has(q->policy_flags, WIRE_POLICY_SKIP_EXEC_SESSIONS);
	bool is_known = q->edge == EDGE_WHOLE || (q->edge == EDGE_APPLETS && q->applet != DECIDE_APPLET_OTHER);
	bool is_entrypoint = !in_session && q->first && q->shared;
	struct decide_answer model = none, tool = none;

	if (!is_image && q->allowed)
		return none;
	if (!is_image)
		return (struct decide_answer){ q->drift_effect, WIRE_REASON_DRIFT };
	if (has(q->policy_flags, WIRE_POLICY_TABLED) && (q->table == DECIDE_UNTABLED || q->table == DECIDE_CHANGED))
		return (struct decide_answer){ q->drift_effect, WIRE_REASON_MODIFIED };
	if (is_known)
		return none; /* whoever allowed the line allowed loaders and tools too */
	if (has(q->file_flags, WIRE_FILE_LOADER))
		return (struct decide_answer){ q->drift_effect, WIRE_REASON_LOADER };
	if (has(q->policy_flags, WIRE_POLICY_MODELLED) && !is_left_out && !is_entrypoint)
		model = (struct decide_answer){ q->model_effect, WIRE_REASON_UNLEARNED };
	if (has(q->file_flags, WIRE_FILE_TOOL) && !in_session && !q->first)
		tool = (struct decide_answer){ q->tool_effect, WIRE_REASON_TOOL };
	return graver(model, tool);
}

static void ask(const struct decide_question *q)
{
	struct decide_answer said = decide(q), due = expected(q);

	questions++;
	if (said.reason == due.reason && (!due.reason || said.effect == due.effect))
		return;
	if (!wrong++)
		fprintf(stderr,
			"policy %x, file %x, effects %u %u %u, origin %u, table %u, allowed %u, edge %u, applet %u, session %u, first %u, shared %u: "
			"reason %u, effect %u; due are %u, %u\n",
			q->policy_flags, q->file_flags, q->drift_effect, q->model_effect, q->tool_effect, q->origin,
			q->table, q->allowed, q->edge, q->applet, q->session, q->first, q->shared, said.reason,
			said.effect, due.reason, due.effect);
}

static void ask_all_edges(struct decide_question q)
{
	for (q.edge = 0; q.edge < EDGES; q.edge++)
		for (q.applet = 0; q.applet < APPLETS; q.applet++)
			ask(&q);
}

/* Each way in which what is known of the program and its caller can be. */
static void ask_all_facts(struct decide_question q)
{
	unsigned bits;

	for (q.origin = 0; q.origin < ORIGINS; q.origin++) {
		for (q.table = 0; q.table < TABLES; q.table++) {
			for (bits = 0; bits < 16; bits++) {
				q.allowed = bits & 1;
				q.session = bits >> 1 & 1;
				q.first = bits >> 2 & 1;
				q.shared = bits >> 3 & 1;
				ask_all_edges(q);
			}
		}
	}
}

static void ask_all_effects(struct decide_question q)
{
	for (q.drift_effect = 0; q.drift_effect < EFFECTS; q.drift_effect++)
		for (q.model_effect = 0; q.model_effect < EFFECTS; q.model_effect++)
			for (q.tool_effect = 0; q.tool_effect < EFFECTS; q.tool_effect++)
				ask_all_facts(q);
}

int main(void)
{
	struct decide_question q = { 0 };

	for (q.policy_flags = 0; q.policy_flags <= POLICY_FLAGS; q.policy_flags++)
		for (q.file_flags = 0; q.file_flags <= FILE_FLAGS; q.file_flags++)
			ask_all_effects(q);
	printf("%lu questions\n", questions);
	return wrong != 0;
}
