/* Sends what the guard reports. */
#ifndef SEAWALL_GUARD_REPORT_H
#define SEAWALL_GUARD_REPORT_H

#include "guard-parts.h"

void report_guarded(void *adapter, struct guard_event *event);

#endif
