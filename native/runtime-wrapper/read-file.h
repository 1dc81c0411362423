/* Small files of whom they may be. */
#ifndef SEAWALL_READ_FILE_H
#define SEAWALL_READ_FILE_H

#include <stddef.h>

#include <jansson.h>

#define MOST_JSON (4 * 1024 * 1024)

enum read_state {
	READ_OK,
	READ_ABSENT,
	READ_REFUSED, /* a link, no plain file, too long, of another owner, no JSON as it should be */
	READ_FAILED,  /* the system could not read it */
};

/* Who may have written it. */
enum read_trust {
	OF_ANYBODY,
	OF_ROOT, /* owned by root, and nobody else may write it */
};

/* Opens a plain file; its last component is no link. The descriptor, or -1 and `state`. */
int open_file(const char *path, enum read_trust trust, enum read_state *state);

/* The whole file, ended by a zero that is not counted; to be freed. NULL: see `state`. */
char *read_file(const char *path, enum read_trust trust, size_t *bytes, enum read_state *state);

/* A JSON object; keys that stand twice make it none. NULL: see `state`. */
json_t *read_json(const char *path, enum read_trust trust, enum read_state *state);

/* The same of a file of at most so many bytes; the others take `MOST_JSON`. */
json_t *read_json_within(const char *path, enum read_trust trust, size_t most, enum read_state *state);

#endif
