/* The folders that an overlay is laid of, against the layers of an image as the engine keeps them. */
#ifndef SEAWALL_LAYERS_H
#define SEAWALL_LAYERS_H

#include <stdbool.h>

#include "engine-record.h"

/* An overlay of Docker's own store: the container's writable layer `mount` on the layers of its image, by layerdb. */
bool is_of_overlay2(const struct engine_record *record, const char *options, const char *mount,
		    char wrong[WRONG_BYTES]);

/* An overlay of a snapshotter of containerd: snapshots alone, as many as the image has layers and one of the engine's. */
bool is_of_snapshots(const struct engine_record *record, const char *options, char wrong[WRONG_BYTES]);

#endif
