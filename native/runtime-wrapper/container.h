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
	json_t *annotations; /* an object */
	/* Whose container bears the id, where this is not that container; then it is of no instance, and `wrong` says why. */
	const struct instance *claimed;
	char wrong[WRONG_BYTES];
};

/* `bundle` is absolute, without links. */
void find_container(const struct instances *instances, const char *id, const char *bundle, struct container *container);

#endif
