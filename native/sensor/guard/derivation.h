/* Products of an image's own code: byte code, compiled pages and templates. The rules are data, built into the sensor
 * (src/runtime/derivations-1.json). Whether one holds is worked out without looking at any file. */
#ifndef SEAWALL_GUARD_DERIVATION_H
#define SEAWALL_GUARD_DERIVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DERIVATION_HEAD 2048 /* so much of a product's beginning and of its end is looked at */

enum derivation_proof {
	DERIVATION_PYTHON_HEADER, /* names time and size of its source */
	DERIVATION_JAVA_CLASS,    /* has the form of a class */
	DERIVATION_NAMES_SOURCE,  /* says from which file it was made */
};

struct derivation {
	const char *id;
	uint16_t language; /* code_language of whose interpreter writes and runs it */
	const char *path;  /* `{name}` stands for any part of a name, `{name*}` for folders too */
	const char *source;
	enum derivation_proof proof;
};

/* What is to be known of a source. */
struct derivation_source {
	uint64_t size;
	int64_t changed; /* seconds of Unix time */
};

/* Finds the image's own file at a path; false when there is none. */
typedef bool derivation_find(void *ctx, const char *path, struct derivation_source *source);

struct derivation_product {
	const char *path;
	const uint8_t *head, *tail; /* tail: of what is longer than the head; may be NULL */
	size_t head_length, tail_length;
};

/* Whether the product is made from a file that the image has, as far as the rule's proof tells. */
bool derivation_holds(const struct derivation *rule, const struct derivation_product *product, derivation_find *find,
		      void *ctx);

#endif
