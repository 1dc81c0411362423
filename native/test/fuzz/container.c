/* Reads arbitrary bytes as an engine's file about a container: it names an image only when the file does. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime-wrapper/container.h"

static char root[] = "/dev/shm/seawall-fuzz.XXXXXX";
static char file[sizeof(root) + 64];

static void remove_root(void)
{
	char path[sizeof(file)];

	unlink(file);
	snprintf(path, sizeof(path), "%s/containers/one", root);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/containers", root);
	rmdir(path);
	rmdir(root);
}

static void make_root(void)
{
	char path[sizeof(file)];

	if (!mkdtemp(root))
		abort();
	snprintf(path, sizeof(path), "%s/containers", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/containers/one", root);
	mkdir(path, 0700);
	snprintf(file, sizeof(file), "%s/containers/one/config.v2.json", root);
	atexit(remove_root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct instances instances;
	struct container container;
	int to;

	if (!file[0])
		make_root();
	instances.count = 1;
	instances.list[0].roots[0] = root;
	instances.list[0].root_count = 1;
	to = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (write(to, data, size) != (ssize_t)size)
		abort();
	close(to);
	find_container(&instances, "one", "/", &container);
	if ((container.instance ? container.instance : container.claimed) != &instances.list[0])
		abort();
	if (container.claimed && (container.instance || container.state == IMAGE_KNOWN || !container.wrong[0]))
		abort();
	if (container.state == IMAGE_KNOWN && !memmem(data, size, container.image + 7, 64) && !memchr(data, '\\', size))
		abort();
	if ((container.state == IMAGE_KNOWN) != (container.image[0] != 0))
		abort();
	json_decref(container.annotations);
	return 0;
}
