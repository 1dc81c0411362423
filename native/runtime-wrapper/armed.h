/* Whether the sensor watches a container before its first instruction. */
#ifndef SEAWALL_ARMED_H
#define SEAWALL_ARMED_H

#include "start.h"

/* Asks, once the runtime made the container, whether the sensor has armed it. Ends the agent's connection. False when it
 * must not go on: the start is refused then, with cause and reason. */
bool ask_armed(struct start *start);

#endif
