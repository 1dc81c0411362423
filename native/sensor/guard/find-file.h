/* Finds files as a thread of a container would. Nothing is opened for reading: the guard would have to answer itself. */
#ifndef SEAWALL_GUARD_FIND_FILE_H
#define SEAWALL_GUARD_FIND_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Opens (O_PATH) an absolute path in the thread's root; no link leads out of it. -1 with errno. */
int find_open(uint32_t thread, const char *path);

/* What a path names, also through links of the container's /proc: `/proc/self/fd/3`. */
bool find_status(uint32_t thread, const char *path, struct statx *found);

#endif
