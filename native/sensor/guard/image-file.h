/* The image's own file at a path, whatever the writable layer has there. */
#ifndef SEAWALL_GUARD_IMAGE_FILE_H
#define SEAWALL_GUARD_IMAGE_FILE_H

#include "../../include/wire.h"
#include "mount.h"

#define MOUNTS_IMAGE_STEPS 2048 /* of one question */

/* Opens (O_PATH) the image's own file at this path, whatever the writable layer has there, and fills its identity. -1 when the image
 * has none, when the path has a component `.`, `..` or an empty one, and once `steps`, which it counts down by what it opens,
 * are used up. */
int mounts_open_image(struct guard_mounts *mounts, const struct guard_mount *mount, const char *path, unsigned *steps,
		      struct wire_file *file);

#endif
