#include "overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mountinfo.h"

/* Value of an option; a comma ends it, but for one behind a backslash. */
static char *option_of(const char *options, const char *name)
{
	size_t length = strlen(name);
	const char *at = options;

	while (at != NULL && *at != '\0') {
		const char *end = at;

		while (*end != '\0' && *end != ',')
			end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return strndup(at + length + 1, (size_t)(end - at) - length - 1);
		at = *end == ',' ? end + 1 : NULL;
	}
	return NULL;
}

/* Docker mounts with paths relative to the folder of all its layers. */
static char *base_of(const char *merged)
{
	char *base = strdup(merged);

	for (int up = 0; base != NULL && up < 2; up++) {
		char *slash = strrchr(base, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	return base;
}

static char *absolute(char *path, const char *base)
{
	char *whole = NULL;

	if (path == NULL || path[0] == '/')
		return path;
	if (asprintf(&whole, "%s/%s", base, path) < 0)
		whole = NULL;
	free(path);
	return whole;
}

int overlay_of_options(struct overlay *overlay, const char *options, const char *base)
{
	overlay->base = strdup(base);
	overlay->upper = absolute(option_of(options, "upperdir"), base);
	overlay->lowers = option_of(options, "lowerdir");
	if (overlay->base != NULL && (overlay->upper != NULL || overlay->lowers != NULL))
		return 0;
	overlay_free(overlay);
	return -ENOENT;
}

int overlay_read(struct overlay *overlay, FILE *file, uint64_t mount, const char *merged)
{
	struct mountinfo found;
	char *line, *base = NULL;
	int error = -ENOENT;

	memset(overlay, 0, sizeof(*overlay));
	if (mountinfo_find(file, mount, &line, &found) && strcmp(found.kind, "overlay") == 0)
		base = base_of(merged);
	if (base != NULL)
		error = overlay_of_options(overlay, found.options, base);
	free(base);
	free(line);
	return error;
}

void overlay_free(struct overlay *overlay)
{
	free(overlay->upper);
	free(overlay->lowers);
	free(overlay->base);
	memset(overlay, 0, sizeof(*overlay));
}

size_t overlay_lower(const struct overlay *overlay, unsigned index, const char *name, char path[], size_t size)
{
	const char *at = overlay->lowers;
	int length;
	int written;

	for (; at != NULL && index > 0; index--) {
		at = strchr(at, ':');
		at = at == NULL ? NULL : at + 1;
	}
	if (at == NULL)
		return 0;
	length = (int)strcspn(at, ":");
	written = snprintf(path, size, "%s%s%.*s%s", at[0] == '/' ? "" : overlay->base, at[0] == '/' ? "" : "/", length,
			   at, name);
	return written > 0 && (size_t)written < size ? (size_t)written : 0;
}
