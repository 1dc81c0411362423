#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "engine.h"
#include "layout.h"

static bool read_line(const char *path, char *line, size_t bytes)
{
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, bytes, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = 0;
	return got;
}

/* Where the engine mounts the container's root: overlay2 of its own store, or containerd's snapshots. */
static void find_merged(const char *root, const char *id, char *merged)
{
	char path[PATH_MAX], mount[256];
	struct stat about;

	merged[0] = 0;
	snprintf(path, sizeof(path), "%s/image/overlay2/layerdb/mounts/%.*s/mount-id", root, WIRE_ID, id);
	if (read_line(path, mount, sizeof(mount)) && !strchr(mount, '/'))
		snprintf(path, sizeof(path), "%s/overlay2/%s/merged", root, mount);
	else
		snprintf(path, sizeof(path), "%s/rootfs/overlayfs/%.*s", root, WIRE_ID, id);
	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode) && strlen(path) < MERGED_BYTES)
		strcpy(merged, path);
}

bool engine_has(const char *root, const char *id, struct engine_container *container)
{
	char path[PATH_MAX];
	const char *image;
	json_int_t pid;
	json_t *config;

	container->pid = 0;
	container->image[0] = container->merged[0] = 0;
	snprintf(path, sizeof(path), "%s/containers/%.*s/config.v2.json", root, WIRE_ID, id);
	if (access(path, F_OK))
		return false;
	config = json_load_file(path, 0, NULL);
	image = json_string_value(json_object_get(config, "Image"));
	if (image && strlen(image) < IMAGE_BYTES)
		strcpy(container->image, image);
	pid = json_integer_value(json_object_get(json_object_get(config, "State"), "Pid"));
	container->pid = pid > 0 && pid <= UINT32_MAX ? (uint32_t)pid : 0;
	json_decref(config);
	find_merged(root, id, container->merged);
	return true;
}
