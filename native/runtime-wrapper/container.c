#include "container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder-step.h"
#include "bundle.h"
#include "read-file.h"

#define DIGEST_START "sha256:"

/* An id that is one component of a path. */
static bool is_plain(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.";
	size_t length = strlen(id);

	return length > 0 && length <= 255 && id[0] != '.' && strspn(id, allowed) == length;
}

static int digit(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static bool take_image(struct container *container, const char *image)
{
	const char *hex = image + strlen(DIGEST_START);

	if (strlen(image) != IMAGE_BYTES - 1 || strncmp(image, DIGEST_START, strlen(DIGEST_START)) != 0)
		return false;
	for (int at = 0; at < 32; at++) {
		int high = digit(hex[2 * at]), low = digit(hex[2 * at + 1]);

		if (high < 0 || low < 0)
			return false;
		container->digest[at] = (uint8_t)(high << 4 | low);
	}
	strcpy(container->image, image);
	return true;
}

/* Docker's file on a container. False when the engine at this root has none of that id. */
static bool is_in_engine(const char *root, const char *id, const char *bundle, struct container *container)
{
	struct engine_record record = { .root = root, .id = id };
	char path[PATH_MAX];
	enum read_state state;
	const char *image;
	json_t *config;

	if (snprintf(path, sizeof(path), "%s/containers/%s/config.v2.json", root, id) >= (int)sizeof(path))
		return false;
	config = read_json(path, OF_ANYBODY, &state);
	if (state == READ_ABSENT)
		return false;
	image = json_string_value(json_object_get(config, "Image"));
	if (!config)
		container->state = state == READ_REFUSED ? IMAGE_REFUSED : IMAGE_FAILED;
	else
		container->state = image && take_image(container, image) ? IMAGE_KNOWN : IMAGE_UNKNOWN;
	record.config = config;
	if (config && agrees(&record, bundle, container->wrong)) {
		container->wrong[0] = 0;
		container->is_builder_step = is_builder_step(&record);
	}
	json_decref(config);
	return true;
}

static bool is_below(const char *path, const char *root, const char *folder)
{
	char below[PATH_MAX], real[PATH_MAX];

	if (!realpath(root, real) || snprintf(below, sizeof(below), "%s/%s", real, folder) >= (int)sizeof(below))
		return false;
	return strncmp(path, below, strlen(below)) == 0;
}

static bool is_of_kubernetes(const struct container *container)
{
	return json_object_size(container->annotations) > 0;
}

typedef bool (*belongs)(const char *root, const char *id, const char *bundle, struct container *container);

static bool is_of_docker(const char *root, const char *id, const char *bundle, struct container *container)
{
	return is_plain(id) && is_in_engine(root, id, bundle, container);
}

/* A plugin that the engine manages, which it starts in a namespace of its own. */
static bool is_plugin(const char *root, const char *id, const char *bundle, struct container *container)
{
	const struct engine_record record = { .root = root, .id = id };
	char path[PATH_MAX];

	if (!is_plain(id) || snprintf(path, sizeof(path), "%s/plugins/%s/config.json", root, id) >= (int)sizeof(path) ||
	    access(path, F_OK))
		return false;
	if (is_plugin_of(&record, bundle, container->wrong))
		container->wrong[0] = 0;
	return true;
}

static bool is_build_step(const char *root, const char *id, const char *bundle, struct container *container)
{
	(void)id;
	container->is_build = is_below(bundle, root, "buildkit/");
	return container->is_build;
}

static bool is_of_pod(const char *root, const char *id, const char *bundle, struct container *container)
{
	(void)id;
	return is_of_kubernetes(container) && is_below(bundle, root, "");
}

static bool find_instance(const struct instances *instances, const char *id, const char *bundle, belongs does,
			  struct container *container)
{
	for (int at = 0; at < instances->count; at++) {
		const struct instance *instance = &instances->list[at];

		for (int root = 0; root < instance->root_count; root++) {
			if (does(instance->roots[root], id, bundle, container)) {
				container->instance = instance;
				return true;
			}
		}
	}
	return false;
}

/* No container of the instance: what its engine keeps of that id does not hold for it. */
static void disown(struct container *container)
{
	container->claimed = container->instance;
	container->instance = NULL;
	container->claims_image = container->state == IMAGE_KNOWN;
	container->state = IMAGE_UNKNOWN;
	container->image[0] = 0;
}

static bool is_kept(const char *root, const char *id, const char *bundle, struct container *container)
{
	char path[PATH_MAX];

	(void)bundle;
	(void)container;
	return is_plain(id) &&
	       snprintf(path, sizeof(path), "%s/containers/%s/config.v2.json", root, id) < (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

bool find_keeper(const struct instances *instances, const char *id, struct container *container)
{
	return find_instance(instances, id, "", is_kept, container);
}

void find_container(const struct instances *instances, const char *id, const char *bundle, struct container *container)
{
	memset(container, 0, sizeof(*container));
	container->state = IMAGE_UNKNOWN;
	container->annotations = json_object();
	if (find_instance(instances, id, bundle, is_of_docker, container)) {
		if (container->wrong[0])
			disown(container);
		return;
	}
	if (find_instance(instances, id, bundle, is_build_step, container))
		return;
	if (find_instance(instances, id, bundle, is_plugin, container)) {
		disown(container);
		return;
	}
	json_decref(container->annotations);
	container->annotations = bundle_annotations(bundle);
	find_instance(instances, id, bundle, is_of_pod, container);
}
