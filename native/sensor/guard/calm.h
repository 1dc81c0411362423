/* Data that is read calmly: one process that runs no code has opened the file in several different seconds. The kernel
 * need not ask for it, for as long as nobody who runs code can reach it. The guard's thread alone is here. */
#ifndef SEAWALL_GUARD_CALM_H
#define SEAWALL_GUARD_CALM_H

#include "group.h"

struct guard_calm;

struct guard_calm *calm_open(void);
void calm_close(struct guard_calm *calm);
/* Whether a program runs code: by its name, or by the word of the container's policy. One that is many programs in one may. */
bool calm_runs_code(struct guard_watch *watch, uint64_t cgroup, const char *path, const struct wire_file *program);
/* A program that runs no code opens data. */
void calm_note(struct guard_watch *watch, const struct guard_question *question);
/* A program that runs code starts: the kernel asks again for all that can be reached from where it does. */
void calm_disturb(struct guard_watch *watch, const struct guard_question *question);
/* Lets go of files that others can reach since marks changed, and of those that were removed: before any program that may
 * have come with a mark starts. Returns milliseconds until the next time, -1 for never. */
int calm_sweep(struct guard_watch *watch);

#endif
