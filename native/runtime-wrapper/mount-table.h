/* What is mounted on this host, and by which other paths a place of it can be reached. */
#ifndef SEAWALL_MOUNT_TABLE_H
#define SEAWALL_MOUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* One line of `mountinfo`. The texts are the table's. */
struct mount_point {
	uint64_t device;     /* major and minor, 32 bits each */
	const char *root;    /* folder of the file system that is mounted */
	const char *at;      /* path */
	const char *kind;    /* of the file system */
	const char *options; /* of an overlay, as mountinfo has them; NULL: it is none */
};

struct mount_table {
	char *text;
	struct mount_point *mounts;
	size_t count;
	size_t steps; /* mounts that may still be looked at */
};

/* Paths without links, each once; they belong to the list. */
struct path_list {
	char **paths;
	size_t count;
	size_t room;
};

/* False where it cannot be read, or is longer than is read. */
bool mount_table_read(struct mount_table *table);
void mount_table_free(struct mount_table *table);

/* Every path of a place, and of what is mounted in it elsewhere than below it; of a disk, where it is mounted as well.
 * `kernel` names for each kind of the kernel's own file systems the path that it has on a host. False: it is not seen. */
bool mount_table_places(struct mount_table *table, const char *path, const json_t *kernel, struct path_list *places);

/* False when there is no memory for it. */
bool path_list_add(struct path_list *list, const char *path);
void path_list_free(struct path_list *list);

#endif
