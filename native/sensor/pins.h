/* Folders under the bpf file system in which programs and maps live on. */
#ifndef SEAWALL_PINS_H
#define SEAWALL_PINS_H

#include <stddef.h>

#define BPFFS "/sys/fs/bpf"

/* Makes the folder of this layout below `folder`, mounts the bpf file system where it is missing and removes what other
 * layouts left. Writes the folder's path to `place`. Returns 0, or -1 (logged). */
int pins_prepare(const char *folder, unsigned layout, char *place, size_t bytes);

/* Removes a folder and all below it. */
int pins_remove(const char *folder);

/* Removes the folders in `place` whose names begin with `start`, but `kept`. */
void pins_remove_others(const char *place, const char *start, const char *kept);

#endif
