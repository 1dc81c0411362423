#include "folders.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int make_folders(const char *path)
{
	char part[PATH_MAX];
	char *at;

	snprintf(part, sizeof(part), "%s", path);
	for (at = strchr(part + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = 0;
		if (mkdir(part, 0700) && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(part, 0700) && errno != EEXIST ? -1 : 0;
}
