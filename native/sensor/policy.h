/* A policy as the sensor holds it: read from the agent's frame, and looked into. */
#ifndef SEAWALL_POLICY_H
#define SEAWALL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decide.h"

struct policy {
	struct policy *next;
	struct wire_policy head;
	uint32_t generation;
	uint64_t retired;                   /* CLOCK_BOOTTIME, ns, of the moment in which another took its place */
	const char *images;                 /* texts as on the wire */
	struct wire_policy_tool *tools;     /* by inode */
	struct wire_policy_edge *edges;     /* by child, caller, applet */
	struct wire_policy_digest *digests; /* by value */
	const char *folders;                /* as on the wire */
	size_t bytes;
	char payload[]; /* the frame */
};

/* Reads a frame's payload; NULL with a reason when it is none. The caller frees it. */
struct policy *policy_parse(const char *payload, size_t bytes, const char **reason);

bool policy_names(const struct policy *policy, const char *image);
bool policy_is_tool(const struct policy *policy, uint64_t inode);
/* For any applet. */
bool policy_has_edge(const struct policy *policy, uint64_t child, uint64_t caller);
bool policy_has_digest(const struct policy *policy, const uint8_t *sha256);
/* Whether this program of the image may run the code at this path. */
bool policy_has_folder(const struct policy *policy, uint64_t program, const char *path);

#endif
