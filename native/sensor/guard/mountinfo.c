#include "mountinfo.h"

#include <stdlib.h>
#include <string.h>

void mountinfo_unescape(char *text)
{
	char *out = text;

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
		    text[3] >= '0' && text[3] <= '7') {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* The next field of a line; an empty one at its end. */
static char *field(char **rest)
{
	char *from = *rest;
	size_t length = strcspn(from, " \n");

	*rest = from + length + (from[length] != '\0');
	from[length] = '\0';
	return from;
}

bool mountinfo_parse(char *line, struct mountinfo *found)
{
	char *rest = line;
	char *end;
	unsigned major, minor;

	found->mount = strtoull(field(&rest), &end, 10);
	if (*end != '\0' || end == line)
		return false;
	field(&rest); /* of the parent */
	if (sscanf(field(&rest), "%u:%u", &major, &minor) != 2)
		return false;
	found->device = major << 20 | minor;
	found->root = field(&rest);
	found->place = field(&rest);
	while (*rest != '\0' && strcmp(field(&rest), "-") != 0)
		; /* options of the mount, and as many others as there are */
	found->kind = field(&rest);
	field(&rest); /* source */
	found->options = field(&rest);
	mountinfo_unescape(found->root);
	mountinfo_unescape(found->place);
	mountinfo_unescape(found->options);
	return found->place[0] == '/' && found->kind[0] != '\0';
}

bool mountinfo_find(FILE *file, uint64_t mount, char **line, struct mountinfo *found)
{
	size_t size = 0;

	*line = NULL;
	while (getline(line, &size, file) > 0)
		if (strtoull(*line, NULL, 10) == mount)
			return mountinfo_parse(*line, found);
	return false;
}
