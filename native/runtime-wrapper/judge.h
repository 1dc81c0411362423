/* Whether a container may start. */
#ifndef SEAWALL_JUDGE_H
#define SEAWALL_JUDGE_H

#include "start.h"

/* Fills in the answer. A refusal that the ledger knows needs nobody else; the rest asks the agent, within a budget, and
 * keeps its connection. */
void judge(struct start *start, const struct instances *instances);

#endif
