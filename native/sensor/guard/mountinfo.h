/* Lines of /proc/PID/mountinfo: what a container mounts is the container's to name, so nothing of it is trusted. */
#ifndef SEAWALL_MOUNTINFO_H
#define SEAWALL_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One mount. Texts are parts of the line, with their escapes undone. */
struct mountinfo {
	uint64_t mount;
	uint32_t device; /* kernel's encoding */
	char *root;      /* of the mount, in its file system */
	char *place;     /* in the reader's root */
	char *kind;
	char *options; /* of the file system */
};

/* Undoes escapes in place: a space, a tab, a line feed and a backslash stand as three octal digits behind a backslash. */
void mountinfo_unescape(char *text);

/* Cuts a line into its fields, in place. False when it is none. */
bool mountinfo_parse(char *line, struct mountinfo *found);

/* Finds the mount with this id; its texts live as long as `line`, which the caller frees. */
bool mountinfo_find(FILE *file, uint64_t mount, char **line, struct mountinfo *found);

#endif
