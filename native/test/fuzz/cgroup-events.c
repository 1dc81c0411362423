/* Reads arbitrary bytes as names of cgroups, and as what /proc says of where a process is: both are a container's to
 * choose. Up to the first NUL it is the name, behind it the file. */
#include <stdint.h>
#include <stdio.h>

#include "stand-in.h"

static const uint8_t *input;
static size_t input_size;

static FILE *open_input(void)
{
	return fmemopen((void *)input, input_size, "r");
}

#define fopen(path, mode) ((void)(path), open_input())
#include "../../sensor/cgroup-events.c"
#undef fopen

static void read_name(const char *name)
{
	char id[WIRE_ID];
	size_t i;

	if (!id_of(name, id))
		return;
	for (i = 0; i < WIRE_ID; i++)
		if (!strchr("0123456789abcdef", id[i]) || !id[i])
			abort();
	if (!memmem(name, strlen(name), id, WIRE_ID))
		abort();
}

static void read_place(const char *name)
{
	static const struct cgroup_events events = { .cgroup_root = "/root" };
	const struct engine_container engine = { .pid = 1 };
	char path[PATH_MAX], folder[PATH_MAX + 16];

	if (cgroup_of(1, path) && memchr(path, '\0', sizeof(path)) == NULL)
		abort();
	snprintf(folder, sizeof(folder), "/root/%.*s", PATH_MAX, name);
	if (holds_first_process(&events, folder, &engine) && strncmp(path, folder + 5, strlen(folder + 5)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = strnlen((const char *)data, size);
	char *name = strndup((const char *)data, length);

	input = data + length;
	input_size = size - length;
	if (input_size) { /* without the NUL between both */
		input++;
		input_size--;
	}
	read_name(name);
	read_place(name);
	free(name);
	return 0;
}
