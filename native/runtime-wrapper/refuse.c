#include "refuse.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

/* Text of a line: whatever a name or a reason holds, it stays one. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

static void time_text(char *text, size_t bytes)
{
	time_t now = time(NULL);
	struct tm parts;

	gmtime_r(&now, &parts);
	strftime(text, bytes, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* A line of logrus, as JSON or as its text. */
static char *log_text(const char *format, const char *message)
{
	json_t *json = json_object(), *string = json_string(message); /* NULL: no UTF-8 */
	char now[32], *text = NULL, *quoted;

	time_text(now, sizeof(now));
	if (format && strcmp(format, "json") == 0) {
		json_object_set_new(json, "level", json_string("error"));
		json_object_set(json, "msg", string);
		json_object_set_new(json, "time", json_string(now));
		text = json_dumps(json, JSON_COMPACT);
	} else {
		quoted = json_dumps(string, JSON_ENCODE_ANY);
		if (quoted && asprintf(&text, "time=\"%s\" level=error msg=%s", now, quoted) < 0)
			text = NULL;
		free(quoted);
	}
	json_decref(string);
	json_decref(json);
	return text;
}

static void log_error(const struct arguments *arguments, const char *message)
{
	char *text = log_text(arguments->log_format, message);
	int file = open(arguments->log, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0644);

	if (file >= 0 && text)
		dprintf(file, "%s\n", text);
	if (file >= 0)
		close(file);
	free(text);
}

void report_error(const struct arguments *arguments, const char *message)
{
	char *line = strdup(message);

	if (!line)
		return;
	flatten(line);
	if (arguments->log && arguments->log[0])
		log_error(arguments, line);
	fprintf(stderr, "%s\n", line);
	free(line);
}
