/* Reads arbitrary bytes as mountinfo, whose places and options a container chooses: what is found lies in the line, and no
 * path is longer than its room. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sensor/guard/mountinfo.h"
#include "../../sensor/guard/overlay.h"

#define LOWERS 8

static void parse(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct mountinfo found;

	memcpy(line, data, size);
	line[size] = '\0';
	if (mountinfo_parse(line, &found)) {
		const char *const texts[] = { found.place, found.kind, found.options };

		for (size_t at = 0; at < 3; at++)
			if (texts[at] < line || texts[at] + strlen(texts[at]) > line + size)
				abort();
		if (found.place[0] != '/' || found.kind[0] == '\0' || strchr(found.kind, ' ') != NULL)
			abort();
	}
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = size > 0 ? fmemopen((void *)data, size, "r") : NULL;
	struct overlay overlay;
	char path[64];

	if (file == NULL)
		return 0;
	parse(data, size);
	if (overlay_read(&overlay, file, 7, "/var/lib/overlay2/one/merged") == 0) {
		if (overlay.base == NULL || (overlay.upper != NULL && overlay.upper[0] != '/'))
			abort();
		for (unsigned index = 0; index < LOWERS; index++) {
			size_t length = overlay_lower(&overlay, index, "/bin/sh", path, sizeof(path));

			if (length >= sizeof(path) || (length > 0 && strlen(path) != length))
				abort();
		}
		overlay_free(&overlay);
	}
	fclose(file);
	return 0;
}
