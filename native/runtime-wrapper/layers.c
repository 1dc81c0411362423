#include "layers.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/guard/overlay.h"
#include "read-file.h"

#define MOST_LAYERS 512
#define DIGEST_START "sha256:"
#define DIGEST_BYTES 71

static const char snapshotter[] = "/io.containerd.snapshotter.v1.";

static bool is_digest(const char *text)
{
	size_t start = strlen(DIGEST_START);

	return text && strlen(text) == DIGEST_BYTES && strncmp(text, DIGEST_START, start) == 0 &&
	       strspn(text + start, "0123456789abcdef") == DIGEST_BYTES - start;
}

/* A file with one line. */
static bool read_word(const char *path, char *word, size_t room)
{
	enum read_state state;
	size_t bytes;
	char *text = read_file(path, OF_ANYBODY, &bytes, &state);
	bool fits = text && bytes > 0 && bytes < room && !memchr(text, 0, bytes);

	if (fits)
		memcpy(word, text, bytes + 1);
	free(text);
	return fits;
}

static bool is_same_folder(const char *one, const char *other)
{
	char first[PATH_MAX], second[PATH_MAX];

	return realpath(one, first) && realpath(other, second) && strcmp(first, second) == 0;
}

/* The lower folder of this number. */
static bool lower_at(const struct overlay *overlay, unsigned at, char path[PATH_MAX])
{
	return overlay_lower(overlay, at, "", path, PATH_MAX) > 0;
}

/* The list of an image's layers, lowest first; NULL: the engine no longer has the image. To be released. */
static json_t *layers_of_config(const char *folder, const char *digest)
{
	char path[PATH_MAX];
	enum read_state state;
	json_t *config, *layers;

	if (!is_digest(digest))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", folder, digest + strlen(DIGEST_START));
	config = read_json(path, OF_ANYBODY, &state);
	layers = json_incref(json_object_get(json_object_get(config, "rootfs"), "diff_ids"));
	json_decref(config);
	return layers;
}

/* The layers below the container's own, from the uppermost on: each a folder of the overlay, and of the image. */
static bool is_chain(const struct engine_record *record, const struct overlay *overlay, unsigned at, json_t *image)
{
	char chain[PATH_MAX], path[PATH_MAX], word[LINE_MAX], diff[LINE_MAX], expected[PATH_MAX], lower[PATH_MAX];
	const char *root = record->root;
	size_t left = json_array_size(image);

	snprintf(path, sizeof(path), "%s/image/overlay2/layerdb/mounts/%s/parent", root, record->id);
	for (unsigned layers = 0; read_word(path, word, sizeof(word)); layers++) {
		if (!is_digest(word) || layers == MOST_LAYERS)
			return false;
		snprintf(chain, sizeof(chain), "%s/image/overlay2/layerdb/sha256/%s", root,
			 word + strlen(DIGEST_START));
		snprintf(path, sizeof(path), "%s/cache-id", chain);
		if (!read_word(path, word, sizeof(word)))
			return false;
		snprintf(expected, sizeof(expected), "%s/overlay2/%s/diff", root, word);
		if (!lower_at(overlay, at++, lower) || !is_same_folder(lower, expected))
			return false;
		snprintf(path, sizeof(path), "%s/diff", chain);
		if (image && (left == 0 || !read_word(path, diff, sizeof(diff)) ||
			      strcmp(diff, json_string_value(json_array_get(image, --left)) ?: "") != 0))
			return false;
		snprintf(path, sizeof(path), "%s/parent", chain);
	}
	return left == 0 && !lower_at(overlay, at, lower);
}

static bool is_own_layer(const struct engine_record *record, const char *path, const char *mount)
{
	char expected[PATH_MAX];

	snprintf(expected, sizeof(expected), "%s/overlay2/%s/diff", record->root, mount);
	return path && is_same_folder(path, expected);
}

bool is_of_overlay2(const struct engine_record *record, const char *options, const char *mount, char wrong[WRONG_BYTES])
{
	const char *image = json_string_value(json_object_get(record->config, "Image"));
	char path[PATH_MAX], folder[PATH_MAX], init[LINE_MAX], lower[PATH_MAX];
	struct overlay overlay;
	unsigned at = 0;
	json_t *layers;
	bool is_good;

	snprintf(folder, sizeof(folder), "%s/overlay2", record->root);
	if (overlay_of_options(&overlay, options, folder)) {
		snprintf(wrong, WRONG_BYTES, "its root file system is an overlay without layers");
		return false;
	}
	is_good = is_own_layer(record, overlay.upper, mount);
	snprintf(path, sizeof(path), "%s/image/overlay2/layerdb/mounts/%s/init-id", record->root, record->id);
	if (read_word(path, init, sizeof(init)))
		is_good = is_good && lower_at(&overlay, at++, lower) && is_own_layer(record, lower, init);
	snprintf(folder, sizeof(folder), "%s/image/overlay2/imagedb/content/sha256", record->root);
	layers = layers_of_config(folder, image);
	is_good = is_good && is_chain(record, &overlay, at, layers);
	json_decref(layers);
	overlay_free(&overlay);
	if (!is_good)
		snprintf(wrong, WRONG_BYTES, "its root file system is not laid of the layers of its image");
	return is_good;
}

/* Length of STATE in STATE/io.containerd.snapshotter.v1.NAME/snapshots/NUMBER/fs; 0: the path is none like it. */
static size_t state_of_snapshot(const char *path)
{
	const char *plugin = path ? strstr(path, snapshotter) : NULL;
	const char *at = plugin ? strchr(plugin + strlen(snapshotter), '/') : NULL;
	static const char folder[] = "/snapshots/";
	size_t digits;

	if (!at || strncmp(at, folder, strlen(folder)) != 0 || strstr(path, "/../"))
		return 0;
	at += strlen(folder);
	digits = strspn(at, "0123456789");
	return digits > 0 && strcmp(at + digits, "/fs") == 0 ? (size_t)(plugin - path) : 0;
}

/* How many layers the image of this manifest has; -1: that is not told here. */
static int count_layers(const char *folder, const char *manifest)
{
	char path[PATH_MAX];
	enum read_state state;
	json_t *json, *layers;
	int count;

	if (!is_digest(manifest))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", folder, manifest + strlen(DIGEST_START));
	json = read_json(path, OF_ANYBODY, &state);
	layers =
		layers_of_config(folder, json_string_value(json_object_get(json_object_get(json, "config"), "digest")));
	count = layers ? (int)json_array_size(layers) : -1;
	json_decref(layers);
	json_decref(json);
	return count;
}

/* Where many layers would not fit otherwise, containerd names them from the folder of all snapshots on. */
static bool set_base(struct overlay *overlay)
{
	free(overlay->base);
	overlay->base = strdup(overlay->upper);
	for (int up = 0; overlay->base && up < 2; up++)
		*strrchr(overlay->base, '/') = 0;
	return overlay->base;
}

bool is_of_snapshots(const struct engine_record *record, const char *options, char wrong[WRONG_BYTES])
{
	json_t *manifest = json_object_get(json_object_get(record->config, "ImageManifest"), "digest");
	char blobs[PATH_MAX], lower[PATH_MAX];
	struct overlay overlay;
	size_t state;
	int count = 0, layers;
	bool is_good;

	if (overlay_of_options(&overlay, options, "")) {
		snprintf(wrong, WRONG_BYTES, "its root file system is an overlay without layers");
		return false;
	}
	state = state_of_snapshot(overlay.upper);
	is_good = state > 0 && set_base(&overlay);
	while (is_good && count < MOST_LAYERS && lower_at(&overlay, (unsigned)count, lower)) {
		is_good = state_of_snapshot(lower) == state && strncmp(lower, overlay.upper, state) == 0;
		count++;
	}
	snprintf(blobs, sizeof(blobs), "%.*s/io.containerd.content.v1.content/blobs/sha256", (int)state,
		 overlay.upper ?: "");
	overlay_free(&overlay);
	layers = is_good ? count_layers(blobs, json_string_value(manifest ?: json_object_get(record->config, "Image")))
			 : -1;
	/* The engine lays one of its own between the image's and the container's. */
	is_good = is_good && (layers < 0 || count == layers + 1);
	if (!is_good)
		snprintf(wrong, WRONG_BYTES, "its root file system is not laid of the layers of its image");
	return is_good;
}
