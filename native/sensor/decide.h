/* What a policy says to a program: the one decision, compiled into the kernel's programs and into the sensor. */
#ifndef SEAWALL_DECIDE_H
#define SEAWALL_DECIDE_H

#include "layout.h"

enum decide_table {
	DECIDE_UNTABLED = 0, /* inode is not among the image's files */
	DECIDE_SAME = 1,
	DECIDE_CHANGED = 2, /* inode is, with another device, ctime or size */
};

enum decide_applet {
	DECIDE_APPLET_UNREAD = 0, /* not known yet, or the program has none: the edge alone counts */
	DECIDE_APPLET_KNOWN = 1,  /* the edge holds for it */
	DECIDE_APPLET_OTHER = 2,
};

struct decide_question {
	uint32_t policy_flags;
	uint32_t file_flags;
	uint8_t drift_effect;
	uint8_t model_effect;
	uint8_t tool_effect;
	uint8_t code_effect;
	uint8_t origin;
	uint8_t table;   /* decide_table */
	uint8_t allowed; /* content outside of the image that the policy names */
	uint8_t edge;    /* edge_value: the model has program and caller */
	uint8_t applet;  /* decide_applet; counts where the edge is EDGE_APPLETS */
	uint8_t session;
	uint8_t first;  /* brought in from outside, not started by a program of the container */
	uint8_t shared; /* the policy is that of the image, for containers of any entrypoint */
};

struct decide_answer {
	uint8_t effect; /* wire_effect; of no meaning without a reason */
	uint8_t reason;
};

/* Whether the model has program, applet and caller. Before the words of a program can be read its applet is not known:
 * then the edge is enough, and the question is asked again once the program has started, when it can only be killed. */
static inline bool decide_has_edge(const struct decide_question *q)
{
	return q->edge && !(q->edge == EDGE_APPLETS && q->applet == DECIDE_APPLET_OTHER);
}

/* A tool that is never learned, which the application starts; `answer` is what the model says. */
static inline bool is_worse_as_tool(const struct decide_question *q, const struct decide_answer *answer)
{
	if (!(q->file_flags & WIRE_FILE_TOOL) || decide_has_edge(q) || q->first || q->session == WIRE_SESSION_EXEC)
		return false;
	return !answer->reason || q->tool_effect > answer->effect;
}

static inline struct decide_answer decide_by_model(const struct decide_question *q)
{
	struct decide_answer answer = { .reason = WIRE_REASON_NONE };

	if (!(q->policy_flags & WIRE_POLICY_MODELLED) || decide_has_edge(q))
		return answer;
	if (q->session == WIRE_SESSION_EXEC && (q->policy_flags & WIRE_POLICY_SKIP_EXEC_SESSIONS))
		return answer;
	/* The container's own entrypoint: an image's model may be that of another one. */
	if (q->session == WIRE_SESSION_ENTRY && q->first && q->shared)
		return answer;
	answer.effect = q->model_effect;
	answer.reason = WIRE_REASON_UNLEARNED;
	return answer;
}

static inline struct decide_answer decide(const struct decide_question *q)
{
	struct decide_answer answer = { .effect = q->drift_effect, .reason = WIRE_REASON_NONE };

	if (q->origin != WIRE_ORIGIN_IMAGE) {
		if (!q->allowed)
			answer.reason = WIRE_REASON_DRIFT;
		return answer;
	}
	if ((q->policy_flags & WIRE_POLICY_TABLED) && q->table != DECIDE_SAME) {
		answer.reason = WIRE_REASON_MODIFIED;
		return answer;
	}
	if ((q->file_flags & WIRE_FILE_LOADER) && !decide_has_edge(q)) {
		answer.reason = WIRE_REASON_LOADER;
		return answer;
	}
	answer = decide_by_model(q);
	if (is_worse_as_tool(q, &answer)) {
		answer.effect = q->tool_effect;
		answer.reason = WIRE_REASON_TOOL;
	}
	return answer;
}

/* What the policy says to a code file that is opened to be run, or mapped executable. A file of the image's layers that
 * is not in the table is no executable, yet may be mapped like one: an assembly of .NET, an archive of Java's classes. */
static inline struct decide_answer decide_code(const struct decide_question *q)
{
	struct decide_answer answer = { .effect = q->code_effect, .reason = WIRE_REASON_NONE };

	if (q->origin == WIRE_ORIGIN_IMAGE) {
		if ((q->policy_flags & WIRE_POLICY_TABLED) && q->table == DECIDE_CHANGED)
			answer.reason = WIRE_REASON_CODE;
	} else if (!q->allowed) {
		answer.reason = WIRE_REASON_CODE;
	}
	return answer;
}

#endif
