/* What is in force for each container, and its report to the agent. */
#ifndef SEAWALL_ARMING_H
#define SEAWALL_ARMING_H

#include "container-list.h"

#define ARMED_BYTES (sizeof(struct wire_armed_container) + sizeof(uint16_t) + REASON_BYTES)
#define REASON_BYTES 512

/* Works out what is in force for a container, and has it reported when that is something else than before. With the
 * containers' lock. */
void arming_note(struct containers *containers, struct container *container);

/* The container is gone: nothing of it is reported. With the containers' lock. */
void arming_forget(struct containers *containers, struct container *container);

/* Has every container reported again: an agent was met. */
void arming_report_all(struct containers *containers);

/* The guard has a group of fanotify, or gave it up. From any thread; waits for nothing. */
void arming_guarded(struct containers *containers, bool guarded);

/* Writes the next report to `payload` (ARMED_BYTES); false when there is none. */
bool arming_next(struct containers *containers, char *payload, uint32_t *length);

#endif
