/* Reads arbitrary bytes as the engine's files of a container: its configuration, and behind the first line feed that
 * stands alone the name of its mount. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../sensor/engine.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char root[] = "/dev/shm/seawall-fuzz.XXXXXX";
static const char *const folders[] = {
	"containers",
	"containers/" ID,
	"image",
	"image/overlay2",
	"image/overlay2/layerdb",
	"image/overlay2/layerdb/mounts",
	"image/overlay2/layerdb/mounts/" ID,
	"overlay2",
	"overlay2/mount",
	"overlay2/mount/merged",
};
static const char *const files[] = { "containers/" ID "/config.v2.json",
				     "image/overlay2/layerdb/mounts/" ID "/mount-id" };

static const char *below(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void remove_root(void)
{
	size_t at;

	for (at = 0; at < sizeof(files) / sizeof(files[0]); at++)
		unlink(below(files[at]));
	for (at = sizeof(folders) / sizeof(folders[0]); at > 0; at--)
		rmdir(below(folders[at - 1]));
	rmdir(root);
}

static void make_root(void)
{
	if (!mkdtemp(root))
		abort();
	for (size_t at = 0; at < sizeof(folders) / sizeof(folders[0]); at++)
		mkdir(below(folders[at]), 0700);
	atexit(remove_root);
}

static void put(const char *name, const uint8_t *data, size_t size)
{
	int to = open(below(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (to < 0 || write(to, data, size) != (ssize_t)size)
		abort();
	close(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *behind = memmem(data, size, "\n\n", 2);
	size_t length = behind ? (size_t)(behind - data) : size;
	struct engine_container *container = malloc(sizeof(*container));

	if (root[sizeof(root) - 2] == 'X')
		make_root();
	put(files[0], data, length);
	put(files[1], behind ? behind + 2 : data, behind ? size - length - 2 : 0);
	if (!engine_has(root, ID, container))
		abort();
	if (memchr(container->image, '\0', IMAGE_BYTES) == NULL ||
	    memchr(container->merged, '\0', MERGED_BYTES) == NULL)
		abort();
	if (container->merged[0] && strncmp(container->merged, root, strlen(root)) != 0)
		abort();
	free(container);
	return 0;
}
