#ifndef SEAWALL_GUARD_EXEC_HOOK_H
#define SEAWALL_GUARD_EXEC_HOOK_H

#include "group.h"

/* FAN_OPEN_EXEC_PERM: a program is opened to be run. Takes the question's file over and answers. False when what it needs to
 * know cannot be had now: then the file is still the caller's and nothing was answered. */
bool guard_exec_hook(struct guard_watch *watch, const struct guard_question *question);

#endif
