/* What secrets look like: the tables of the masker. */
#ifndef SEAWALL_MASK_WORDS_H
#define SEAWALL_MASK_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum mask_key {
	MASK_KEY_NONE,
	MASK_KEY_WEAK,   /* its value is masked when it looks random */
	MASK_KEY_SECRET, /* its value is masked */
	MASK_KEY_HEADER, /* its value is masked to the end of the line, but for the name of the scheme */
};

/* What a name says about the value behind it: `PGPASSWORD`, `--api-key`, `Authorization`. */
enum mask_key mask_key_of(const char *name, size_t length);

/* True for a token that shows by its form that it is a secret: `ghp_…`, `AKIA…`, a JWT. */
bool mask_is_token(const char *text, size_t length);

enum mask_part {
	MASK_NOTHING,
	MASK_WHOLE,         /* the option's value */
	MASK_AFTER_COLON,   /* `user:password` */
	MASK_AFTER_PERCENT, /* `user%password` */
};

/* Option of a program that is known by its name only, such as `mysql -pX`. */
struct mask_option {
	const char *program;
	const char *option;
	enum mask_part part;
	bool glued;    /* the value may follow without a space */
	bool separate; /* the value may be the next word */
};

/* First option of the program called so; the program's others follow in the table. NULL when it has none. */
const struct mask_option *mask_options_of(const char *name, size_t length);

#endif
