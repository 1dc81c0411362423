/* What the engine asks: its JSON about one request of a client, of which only few words count here. */
#ifndef SEAWALL_QUESTION_H
#define SEAWALL_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#define QUESTION_METHOD 16
#define QUESTION_URI 4096
#define QUESTION_VALUE 128

struct question {
	char method[QUESTION_METHOD];
	char uri[QUESTION_URI];
	bool has_body;
	/* Headers of the client's request; empty: it has none. */
	char content_length[QUESTION_VALUE];
	char content_type[QUESTION_VALUE];
};

/* False for whatever is not plainly a question: no JSON, a key that counts stands twice, a value is longer than there is
 * room for. Then the agent is asked, who reads all of it. */
bool question_read(struct question *question, const char *json, size_t bytes);

#endif
