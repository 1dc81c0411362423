#ifndef SEAWALL_GUARD_WRITTEN_HOOK_H
#define SEAWALL_GUARD_WRITTEN_HOOK_H

#include "group.h"

/* FAN_CLOSE_WRITE: a file was written. Its file stays the caller's. */
void guard_written_hook(struct guard_watch *watch, const struct guard_question *question);

#endif
