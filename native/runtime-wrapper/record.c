#include "record.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "clock.h"
#include "places.h"

/* Files that wait for an agent; what is more is not written. */
#define MOST_WAITING 10000
#define MOST_EVIDENCE 20

void make_id(char id[ID_BYTES])
{
	uint8_t bytes[16];

	/* Early at boot there may be no randomness yet; the time is as good for a name. */
	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes)) {
		snprintf(id, ID_BYTES, "%" PRIx64 "-%d", unix_ms(), getpid());
		return;
	}
	for (size_t at = 0; at < sizeof(bytes); at++)
		snprintf(id + 2 * at, 3, "%02x", bytes[at]);
}

/* Times with a thousandth of a millisecond. */
static json_t *milliseconds(double value)
{
	return json_real((double)(int64_t)(value * 1000) / 1000);
}

static json_t *time_text(void)
{
	uint64_t now = unix_ms();
	time_t seconds = (time_t)(now / 1000);
	struct tm parts;
	char text[64];
	size_t length;

	gmtime_r(&seconds, &parts);
	length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + length, sizeof(text) - length, ".%03uZ", (unsigned)(now % 1000));
	return json_string(text);
}

static json_t *armed_object(const struct start *start)
{
	json_t *armed = json_object();

	json_object_set_new(armed, "armed", json_boolean(start->armed == ARMED_YES));
	json_object_set_new(armed, "milliseconds", milliseconds(start->armed_ms));
	return armed;
}

/* Also of what is no UTF-8: a name that cannot be told is told as nothing. */
static json_t *string_or_null(const char *text)
{
	json_t *string = text && text[0] ? json_string(text) : NULL;

	return string ? string : json_null();
}

/* What rules object to in its settings. */
static json_t *evidence(const struct start *start)
{
	json_t *all = json_array(), *one;
	size_t at;

	json_array_foreach(start->settings.broken, at, one)
	{
		if (at < MOST_EVIDENCE)
			json_array_append(all, json_object_get(one, "message"));
	}
	return all;
}

static json_t *decision(const struct start *start)
{
	static const char *const asked[] = { "no", "answered", "late", "away", "answered" };
	json_t *json = json_object();

	json_object_set_new(json, "form", json_integer(1));
	json_object_set_new(json, "id", json_string(start->id));
	json_object_set_new(json, "time", time_text());
	json_object_set_new(json, "verb", json_string(start->arguments->verb));
	json_object_set_new(json, "container", string_or_null(start->arguments->container));
	json_object_set_new(json, "bundle", string_or_null(start->bundle));
	json_object_set_new(json, "image", string_or_null(start->container.image));
	json_object_set_new(json, "build", json_boolean(start->container.is_build));
	if (start->container.claimed && !start->container.wrong[0])
		json_object_set_new(json, "plugin", json_true());
	json_object_set_new(json, "answer", json_string(start->is_allowed ? "allow" : "deny"));
	json_object_set_new(json, "cause", json_string(start->cause));
	json_object_set_new(json, "reason", string_or_null(start->reason));
	if (start->effect)
		json_object_set_new(json, "effect", json_string(start->effect));
	if (start->rule)
		json_object_set(json, "rule", start->rule);
	if (start->ledger)
		json_object_set_new(json, "ledger", json_string(start->ledger));
	json_object_set_new(json, "ledgerSequence", json_integer((json_int_t)start->sequence));
	if (start->has_settings && json_array_size(start->settings.broken) > 0)
		json_object_set_new(json, "evidence", evidence(start));
	json_object_set_new(json, "asked", json_string(asked[start->asked]));
	json_object_set_new(json, "milliseconds", milliseconds(start->milliseconds));
	if (start->held > 0)
		json_object_set_new(json, "held", milliseconds(start->held));
	if (start->armed != ARMED_NOT_ASKED)
		json_object_set_new(json, "armed", armed_object(start));
	return json;
}

/* Whether there is room for one more. */
static bool has_room(int folder)
{
	int copy = dup(folder), count = 0;
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);

	if (!entries)
		return false;
	while (count <= MOST_WAITING && readdir(entries))
		count++;
	closedir(entries);
	return count <= MOST_WAITING;
}

static void write_into(int folder, const char *name, const json_t *json)
{
	char part[ID_BYTES + 16], whole[ID_BYTES + 16];
	bool is_written;
	int file;

	snprintf(part, sizeof(part), ".%s.part", name);
	snprintf(whole, sizeof(whole), "%s.json", name);
	file = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	is_written = json_dumpfd(json, file, JSON_COMPACT) == 0;
	if (close(file) || !is_written || renameat(folder, part, folder, whole))
		unlinkat(folder, part, 0);
}

void record_start(const struct start *start)
{
	const struct instance *instance = start->container.instance;
	int folder = open(instance ? instance->spool : GATE_FOLDER "/decisions", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *json;

	if (folder < 0)
		return;
	json = decision(start);
	if (has_room(folder))
		write_into(folder, start->id, json);
	json_decref(json);
	close(folder);
}
