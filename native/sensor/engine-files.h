/* Files that an engine lays over those of an image to run as a container's first program (`docker run --init`). That runs
 * before the guard is asked about the container's mounts, so the kernel's programs know these files from its birth. The
 * policy names their content (`src/runtime/agent/engine-files.ts` has the same places).
 */
#ifndef SEAWALL_ENGINE_FILES_H
#define SEAWALL_ENGINE_FILES_H

#include "copies.h"

/* Hashes those that lie on this host, so that no birth waits for it unless one is replaced. */
void engine_files_open(void);

/* Takes in those that lie on this host for a container. Called on one thread. */
void engine_files_known(struct copies *copies, uint64_t cgroup);

#endif
