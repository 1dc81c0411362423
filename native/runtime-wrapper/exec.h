/* Programs that are started in a container that runs. */
#ifndef SEAWALL_EXEC_H
#define SEAWALL_EXEC_H

#include "start.h"

/* Judges a program that would get more capabilities than its container has. False when there is nothing to judge: it gets
 * none, or the container is of no engine that an agent watches. */
bool judge_exec(struct start *start, const struct instances *instances, char *const *words);

#endif
