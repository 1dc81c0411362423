/* What is known of a file by where it lies: whose it is, and its identity. */
#ifndef SEAWALL_GUARD_ORIGIN_H
#define SEAWALL_GUARD_ORIGIN_H

#include <sys/stat.h>

#include "../../include/wire.h"
#include "mount.h"

/* wire_origin of a file of that mount. */
uint8_t mounts_origin(struct guard_mounts *mounts, const struct guard_mount *mount, const struct statx *file,
		      const char *path);
/* The same by time alone, for a program that runs already. */
uint8_t mounts_likely_origin(struct guard_mounts *mounts, const struct guard_mount *mount, const struct statx *file);
/* The file's identity, with the device of the layer that holds it. */
struct wire_file mounts_identity(struct guard_mounts *mounts, const struct guard_mount *mount,
				 const struct statx *file);

#endif
