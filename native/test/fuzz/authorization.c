/* Reads arbitrary bytes as what the engine and the agent send: however they are cut, they say the same, and what is let
 * through is a question that another reader understands alike. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../../authorization/http.h"
#include "../../authorization/question.h"
#include "../../authorization/routes.h"

#define MOST 4096

static size_t read_by(struct http *http, struct text *body, const uint8_t *data, size_t size, size_t piece)
{
	size_t taken = 0;

	while (http->at != HTTP_DONE && http->at != HTTP_WRONG) {
		size_t count = size - taken < piece ? size - taken : piece;
		size_t got = http_read(http, (const char *)data + taken, count);
		bool is_head = http->at == HTTP_HEAD_READ;

		if (is_head) {
			http->keep = body;
			http->most = MOST;
		}
		taken += got;
		if (got == 0 && !is_head && http->at != HTTP_DONE)
			break;
	}
	return taken;
}

static void compare(const uint8_t *data, size_t size, enum http_kind kind)
{
	static struct http one, other;
	struct text body = { 0 }, again = { 0 };
	size_t taken;

	http_begin(&one, kind);
	http_begin(&other, kind);
	taken = read_by(&one, &body, data, size, size ? size : 1);
	if (read_by(&other, &again, data, size, 1) != taken && one.at != HTTP_WRONG)
		abort();
	if (one.at != other.at || one.status != other.status || strcmp(one.target, other.target) != 0)
		abort();
	if (one.at == HTTP_DONE && (body.used != again.used || one.is_too_long != other.is_too_long ||
				    (body.used && memcmp(body.bytes, again.bytes, body.used) != 0)))
		abort();
	text_drop(&body);
	text_drop(&again);
	if (text_total() != 0)
		abort();
}

static void ask(const uint8_t *data, size_t size)
{
	struct question question;
	bool is_read = question_read(&question, (const char *)data, size);
	json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
	const char *method = json_string_value(json_object_get(json, "RequestMethod"));
	const char *uri = json_string_value(json_object_get(json, "RequestUri"));

	if (is_read && json &&
	    (!method || !uri || strcmp(method, question.method) != 0 || strcmp(uri, question.uri) != 0))
		abort();
	if (is_read && route_of(&question) == ROUTE_FREE && question.uri[0] != '/')
		abort();
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_open;

	if (!is_open && !routes_open())
		abort();
	is_open = true;
	if (size == 0)
		return 0;
	compare(data, size, HTTP_REQUEST);
	compare(data, size, HTTP_REPLY);
	ask(data, size);
	return 0;
}
