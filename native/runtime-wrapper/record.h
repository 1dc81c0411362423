/* Decisions, for the agent to report: a file each. */
#ifndef SEAWALL_RECORD_H
#define SEAWALL_RECORD_H

#include "start.h"

/* Makes up an id for a decision. */
void make_id(char id[ID_BYTES]);

/* Writes a file into the folder of the instance, or of the gate where there is none. That it cannot be written changes
 * nothing. */
void record_start(const struct start *start);

#endif
