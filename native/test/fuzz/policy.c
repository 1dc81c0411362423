/* What an agent sends as a policy, or as rows of a table. */
#include <stdlib.h>

#include "../../sensor/policy.h"
#include "../../sensor/table-frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_table head;
	const char *reason;
	struct policy *policy = policy_parse((const char *)data, size, &reason);
	uint8_t sha256[32] = {};

	if (!policy != !!reason)
		abort();
	table_frame_problem((const char *)data, size, &head);
	if (!policy)
		return 0;
	policy_names(policy, "sha256:a");
	policy_is_tool(policy, 7);
	policy_has_edge(policy, 7, 0);
	policy_has_digest(policy, sha256);
	free(policy);
	return 0;
}
