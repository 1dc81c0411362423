/* What no verdict on an image tells of a start. */
#ifndef SEAWALL_CLOSER_LOOK_H
#define SEAWALL_CLOSER_LOOK_H

#include "start.h"

/* Refuses a judged start that bears the id of a container and is not that container, and a step of a build where none may
 * run; of a plugin of an engine it has the agent judge the settings. */
void look_closer(struct start *start);

#endif
