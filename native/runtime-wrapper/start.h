/* A start that is judged, and what came of it. */
#ifndef SEAWALL_START_H
#define SEAWALL_START_H

#include <stdbool.h>
#include <stdint.h>

#include "agent.h"
#include "arguments.h"
#include "container.h"
#include "gate-config.h"
#include "settings-answer.h"

#define REASON_BYTES 2048
#define ID_BYTES 129

enum armed {
	ARMED_NOT_ASKED,
	ARMED_YES,
	ARMED_NO, /* not in time, or nobody could say */
};

struct start {
	/* What is asked. */
	const struct gate_config *config;
	const struct arguments *arguments;
	double began; /* monotonic, ms */
	char bundle[PATH_MAX];
	struct container container;
	struct agent agent;
	bool has_settings; /* they were judged here */
	struct settings_answer settings;
	/* The answer. */
	bool is_allowed;
	const char *cause; /* a `DecisionCause` of src/admission/contract-decision.ts */
	char agent_cause[64];
	char reason[REASON_BYTES];
	char id[ID_BYTES];
	json_t *rule;       /* NULL: none, or not known here */
	const char *effect; /* NULL: not known here */
	const char *ledger; /* what the ledger said; NULL: it was not asked */
	uint64_t sequence;
	enum asked asked;
	double milliseconds;
	double held;            /* of them, for what the agent had to find out; 0: none */
	char seccomp[PATH_MAX]; /* empty: the container keeps its own profile */
	bool must_arm;          /* its runtime rule prevents: it does not go on before the sensor has armed it */
	/* What became of it. */
	enum armed armed;
	double armed_ms;
};

#endif
