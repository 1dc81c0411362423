/* Whose a container is, and which image it is of: from what the engine has on its disk, never from a name. */
#ifndef SEAWALL_CONTAINER_H
#define SEAWALL_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "agreement.h"
#include "gate-config.h"

#define IMAGE_BYTES 72 /* "sha256:", 64 digits, a zero */

enum image_state {
	IMAGE_KNOWN,
	IMAGE_UNKNOWN, /* the engine does not say it here */
	IMAGE_REFUSED, /* what the engine has of the container is not as an engine writes it */
	IMAGE_FAILED,  /* it cannot be read */
};

struct container {
	const struct instance *instance; /* NULL: of no instance that is known */
	bool is_build;                   /* a step of an image's build */
	enum image_state state;
	char image[IMAGE_BYTES]; /* empty unless known */
	uint8_t digest[32];
	json_t *annotations;  /* an object */
	bool is_builder_step; /* of Docker's older builder: one of the engine's containers, and a step of a build */
	/* Whose id it bears, where it is not a container of that engine: then it is of no instance. */
	const struct instance *claimed;
	bool claims_image;       /* `digest` is the image of the container whose id it bears */
	char wrong[WRONG_BYTES]; /* why it is not what it claims to be; empty: it is a plugin of that engine */
};

/* `bundle` is absolute, without links. */
void find_container(const struct instances *instances, const char *id, const char *bundle, struct container *container);

/* The instance whose engine keeps a container with this id, whatever is called for it. False when none does. */
bool find_keeper(const struct instances *instances, const char *id, struct container *container);

#endif
