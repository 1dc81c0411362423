#include "settings-devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Majors of character devices. */
#define MEMORY 1
#define SCSI_GENERIC 21

/* A number of a device; -1 where it is absent, null or stands for all. */
static long long number_of(const json_t *object, const char *key, bool *has)
{
	const json_t *value = json_object_get(object, key);

	*has = json_is_number(value);
	return *has ? (long long)json_number_value(value) : -1;
}

static bool begins_with_number(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(name, prefix, length) == 0 && name[length] >= '0' && name[length] <= '9';
}

bool is_disk(const struct host_device *device)
{
	const char *name = device->path ? device->path + strlen("/dev/") : "";

	if (device->is_block || (device->has_major && device->major == SCSI_GENERIC))
		return true;
	if (device->has_major && device->major == MEMORY)
		return !device->has_minor || device->minor == 1 || device->minor == 2 || device->minor == 4;
	return strncmp(name, "bsg/", 4) == 0 || begins_with_number(name, "sg") || begins_with_number(name, "nvme") ||
	       begins_with_number(name, "ng");
}

/* What rules of devices open, the later ones over the earlier; single character devices that are no disk count as files
 * only. To runtimes a rule of no type, or of type `a`, is about every device, whatever numbers and access it names. */
static void apply_rule(struct settings *settings, const json_t *rule)
{
	const char *type = text_of(rule, "type");
	bool allows = json_is_true(json_object_get(rule, "allow"));
	struct host_device *device = &settings->devices[settings->device_count];

	if (!type[0] || strcmp(type, "a") == 0) {
		settings->every_device = allows;
		settings->device_count = 0;
		return;
	}
	if (!allows || !strpbrk(text_of(rule, "access"), "rw"))
		return;
	memset(device, 0, sizeof(*device));
	device->major = number_of(rule, "major", &device->has_major);
	device->minor = number_of(rule, "minor", &device->has_minor);
	device->has_major = device->major >= 0;
	device->has_minor = device->minor >= 0;
	device->is_block = strcmp(type, "b") == 0;
	if (!device->has_major)
		settings->every_device = true;
	else if (!device->has_minor || is_disk(device))
		settings->device_count++;
}

/* Devices that it is given as files; the usual ones stand in no spec. */
static void add_file(struct settings *settings, const json_t *file)
{
	struct host_device *device = &settings->devices[settings->device_count];

	if (strcmp(text_of(file, "type"), "p") == 0)
		return;
	memset(device, 0, sizeof(*device));
	device->is_block = strcmp(text_of(file, "type"), "b") == 0;
	device->major = number_of(file, "major", &device->has_major);
	device->minor = number_of(file, "minor", &device->has_minor);
	settings->device_count++;
}

void print_device(const struct host_device *device, char text[DEVICE_BYTES])
{
	char major[24] = "*", minor[24] = "*";

	if (device->has_major)
		snprintf(major, sizeof(major), "%lld", device->major);
	if (device->has_minor)
		snprintf(minor, sizeof(minor), "%lld", device->minor);
	snprintf(text, DEVICE_BYTES, "%s %s:%s", device->is_block ? "block" : "character", major, minor);
}

static int by_text(const void *one, const void *other)
{
	char texts[2][DEVICE_BYTES];

	print_device(one, texts[0]);
	print_device(other, texts[1]);
	return strcmp(texts[0], texts[1]);
}

static void leave_each_once(struct settings *settings)
{
	size_t kept = 0;

	if (settings->device_count > 1)
		qsort(settings->devices, settings->device_count, sizeof(*settings->devices), by_text);
	for (size_t at = 0; at < settings->device_count; at++)
		if (kept == 0 || by_text(&settings->devices[kept - 1], &settings->devices[at]) != 0)
			settings->devices[kept++] = settings->devices[at];
	settings->device_count = kept;
}

/* The path that the host has for it. */
static void find_path(struct host_device *device)
{
	char file[128], line[4096];
	FILE *uevent;

	if (!device->has_major || !device->has_minor)
		return;
	snprintf(file, sizeof(file), "/sys/dev/%s/%lld:%lld/uevent", device->is_block ? "block" : "char", device->major,
		 device->minor);
	uevent = fopen(file, "re");
	while (uevent && !device->path && fgets(line, sizeof(line), uevent)) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "DEVNAME=", 8) == 0 && line[8] && asprintf(&device->path, "/dev/%s", line + 8) < 0)
			device->path = NULL;
	}
	if (uevent)
		fclose(uevent);
}

bool read_devices(struct settings *settings, const json_t *spec)
{
	const json_t *around = json_object_get(spec, "linux"), *one;
	const json_t *rules = json_object_get(json_object_get(around, "resources"), "devices");
	const json_t *files = json_object_get(around, "devices");
	size_t at;

	settings->devices = calloc(json_array_size(rules) + json_array_size(files) + 1, sizeof(*settings->devices));
	if (!settings->devices)
		return false;
	json_array_foreach(rules, at, one)
	{
		apply_rule(settings, one);
	}
	if (settings->every_device) {
		settings->device_count = 0;
		return true;
	}
	json_array_foreach(files, at, one)
	{
		add_file(settings, one);
	}
	leave_each_once(settings);
	settings->has_many_devices = settings->device_count > MOST_DEVICES;
	if (settings->has_many_devices)
		settings->device_count = 0;
	for (at = 0; at < settings->device_count; at++)
		find_path(&settings->devices[at]);
	return true;
}
