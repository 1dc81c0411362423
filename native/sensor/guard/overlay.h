/* Layers of an overlay, from the options of its mount. */
#ifndef SEAWALL_OVERLAY_H
#define SEAWALL_OVERLAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct overlay {
	char *upper;  /* path of the writable layer; NULL where there is none */
	char *lowers; /* the others' paths with `:` between them */
	char *base;   /* of paths that do not begin with a slash */
};

/* Reads the mount with this id from a file of mountinfo. 0 or a negative errno: -ENOENT when it is not an overlay there. */
int overlay_read(struct overlay *overlay, FILE *file, uint64_t mount, const char *merged);

/* The same from the options of its file system; paths that do not begin with a slash lie below `base`. */
int overlay_of_options(struct overlay *overlay, const char *options, const char *base);

void overlay_free(struct overlay *overlay);

/* Path of the layer number `index` below the upper one, with `name` (begins with a slash) behind it; its length, 0 when
 * there is no such layer. */
size_t overlay_lower(const struct overlay *overlay, unsigned index, const char *name, char path[], size_t size);

#endif
