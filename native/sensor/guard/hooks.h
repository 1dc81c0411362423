/* One hook for each kind of question. The first two take its file over and answer; false when what they need to know
 * cannot be had now: then the file is still the caller's and nothing was answered. */
#ifndef SEAWALL_GUARD_HOOKS_H
#define SEAWALL_GUARD_HOOKS_H

#include "group.h"

/* FAN_OPEN_EXEC_PERM: a program is opened to be run. */
bool guard_exec_hook(struct guard_watch *watch, const struct guard_question *question);
/* FAN_OPEN_PERM: a file is opened. */
bool guard_code_hook(struct guard_watch *watch, const struct guard_question *question);
/* FAN_CLOSE_WRITE: a file was written. Its file stays the caller's. */
void guard_written_hook(struct guard_watch *watch, const struct guard_question *question);

#endif
