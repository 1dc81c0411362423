#include "bundle.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json-span.h"
#include "read-file.h"

#define LONGEST_ANNOTATION 4096

static const char *const shown[] = {
	"io.kubernetes.cri.container-type",  "io.kubernetes.cri.container-name",
	"io.kubernetes.cri.image-name",      "io.kubernetes.cri.sandbox-id",
	"io.kubernetes.cri.sandbox-name",    "io.kubernetes.cri.sandbox-namespace",
	"io.kubernetes.cri.sandbox-uid",     "io.kubernetes.cri-o.ContainerType",
	"io.kubernetes.cri-o.ContainerName", "io.kubernetes.cri-o.Image",
	"io.kubernetes.cri-o.ImageName",     "io.kubernetes.cri-o.ImageRef",
	"io.kubernetes.cri-o.KubeName",      "io.kubernetes.cri-o.Namespace",
	"io.kubernetes.cri-o.SandboxID",     NULL,
};

static char *read_config(const char *bundle, size_t *bytes)
{
	char path[PATH_MAX];
	enum read_state state;

	if (!bundle[0] || snprintf(path, sizeof(path), "%s/config.json", bundle) >= (int)sizeof(path))
		return NULL;
	return read_file(path, OF_ANYBODY, bytes, &state);
}

bool bundle_root(const char *bundle, char root[PATH_MAX])
{
	static const char *const way[] = { "root", "path", NULL };
	struct span span;
	size_t bytes;
	char *text = read_config(bundle, &bytes);
	json_t *value = NULL;
	const char *path;
	bool is_named;

	if (text && find_span(text, bytes, way, &span) == SPAN_FOUND)
		value = json_loadb(text + span.from, span.to - span.from, JSON_DECODE_ANY, NULL);
	path = json_string_value(value);
	is_named = path && path[0] &&
		   snprintf(root, PATH_MAX, "%s%s%s", path[0] == '/' ? "" : bundle, path[0] == '/' ? "" : "/", path) <
			   PATH_MAX;
	json_decref(value);
	free(text);
	return is_named;
}

json_t *bundle_annotations(const char *bundle)
{
	static const char *const way[] = { "annotations", NULL };
	json_t *all = NULL, *few = json_object();
	struct span span;
	size_t bytes;
	char *text = read_config(bundle, &bytes);

	if (text && find_span(text, bytes, way, &span) == SPAN_FOUND)
		all = json_loadb(text + span.from, span.to - span.from, JSON_REJECT_DUPLICATES, NULL);
	for (int at = 0; shown[at]; at++) {
		json_t *value = json_object_get(all, shown[at]);

		if (json_is_string(value) && json_string_length(value) <= LONGEST_ANNOTATION)
			json_object_set(few, shown[at], value);
	}
	json_decref(all);
	free(text);
	return few;
}

/* What stands in the place of a part of the text. */
struct change {
	struct span span;
	const char *before; /* text that comes first */
	const char *value;
	size_t value_bytes;
	const char *after;
};

static bool write_all(int file, const char *text, size_t bytes)
{
	while (bytes > 0) {
		ssize_t wrote = write(file, text, bytes);

		if (wrote <= 0)
			return false;
		text += wrote;
		bytes -= (size_t)wrote;
	}
	return true;
}

static bool write_changed(int file, const char *text, size_t bytes, const struct change *change)
{
	return write_all(file, text, change->span.from) && write_all(file, change->before, strlen(change->before)) &&
	       write_all(file, change->value, change->value_bytes) &&
	       write_all(file, change->after, strlen(change->after)) &&
	       write_all(file, text + change->span.to, bytes - change->span.to);
}

/* Whole or not at all, with the owner and the mode of the one before. */
static const char *replace_config(const char *bundle, const char *text, size_t bytes, const struct change *change)
{
	char path[PATH_MAX], part[PATH_MAX];
	struct stat about;
	bool is_written;
	int file;

	if (snprintf(path, sizeof(path), "%s/config.json", bundle) >= (int)sizeof(path) ||
	    snprintf(part, sizeof(part), "%s/.config.json.seawall", bundle) >= (int)sizeof(part) || lstat(path, &about))
		return "its config.json is not where it was";
	unlink(part);
	file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return "its config.json cannot be replaced";
	is_written = write_changed(file, text, bytes, change) && fchown(file, about.st_uid, about.st_gid) == 0 &&
		     fchmod(file, about.st_mode & 07777) == 0;
	if (close(file) || !is_written || rename(part, path)) {
		unlink(part);
		return "its config.json cannot be replaced";
	}
	return NULL;
}

/* Where the profile belongs in the text. */
static const char *find_place(const char *text, size_t bytes, struct change *change)
{
	static const char *const seccomp[] = { "linux", "seccomp", NULL };
	static const char *const around[] = { "linux", NULL };
	enum span_result result = find_span(text, bytes, seccomp, &change->span);
	size_t inside;

	change->before = change->after = "";
	if (result == SPAN_FOUND)
		return NULL;
	if (result != SPAN_ABSENT || find_span(text, bytes, around, &change->span) != SPAN_FOUND ||
	    text[change->span.from] != '{')
		return "its config.json is not as it should be";
	inside = change->span.from + 1;
	change->before = "\"seccomp\":";
	change->after = text[inside + strspn(text + inside, " \t\r\n")] == '}' ? "" : ",";
	change->span.from = change->span.to = inside;
	return NULL;
}

static bool is_profile(const char *text, size_t bytes)
{
	json_t *profile = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
	bool is_good = json_is_string(json_object_get(profile, "defaultAction"));

	json_decref(profile);
	return is_good;
}

const char *bundle_set_seccomp(const char *bundle, const char *profile)
{
	enum read_state state;
	struct change change = {};
	size_t bytes;
	char *value = read_file(profile, OF_ROOT, &change.value_bytes, &state);
	char *text = read_config(bundle, &bytes);
	const char *wrong = NULL;

	change.value = value;
	if (!value || !is_profile(value, change.value_bytes))
		wrong = "the profile cannot be read";
	else if (!text)
		wrong = "its config.json cannot be read";
	else
		wrong = find_place(text, bytes, &change);
	if (!wrong)
		wrong = replace_config(bundle, text, bytes, &change);
	free(value);
	free(text);
	return wrong;
}
