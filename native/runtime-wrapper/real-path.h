/* Paths of the host as the kernel follows them, without opening what lies there. */
#ifndef SEAWALL_REAL_PATH_H
#define SEAWALL_REAL_PATH_H

#include <limits.h>
#include <stdbool.h>

/* Links followed; of what is not there, where it would be made. False: it leads in a circle, or cannot be seen. */
bool real_path(const char *path, char real[PATH_MAX]);

/* Without `.`, `..`, doubled and closing slashes. */
void plain_path(const char *path, char plain[PATH_MAX]);

/* Whether a path is a folder or lies in it, by whole segments. */
bool holds_path(const char *folder, const char *path);

#endif
