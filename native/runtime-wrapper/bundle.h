/* The folder from which a container starts: its `config.json`. */
#ifndef SEAWALL_BUNDLE_H
#define SEAWALL_BUNDLE_H

#include <limits.h>
#include <stdbool.h>

#include <jansson.h>

/* Where the root file system lies that `config.json` names, from `bundle` on where it says so. False when it names none. */
bool bundle_root(const char *bundle, char root[PATH_MAX]);

/* Annotations by which Kubernetes' runtimes say what they start, a few of them; an empty object where there are none. */
json_t *bundle_annotations(const char *bundle);

/* Puts a profile of system calls in the place of the one that `config.json` has. Returns NULL, or what is wrong. */
const char *bundle_set_seccomp(const char *bundle, const char *profile);

#endif
