/* How what answers the engine reads HTTP and JSON, and what it lets through by itself. */
#include <string.h>

#include "../authorization/http.h"
#include "../authorization/question.h"
#include "../authorization/routes.h"
#include "expect.h"

struct json_case {
	const char *json;
	const char *uri; /* NULL: no question */
};

#define ASKS(more) "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/a\"" more "}"

static const struct json_case json_cases[] = {
	{ ASKS(""), "/a" },
	{ ASKS(",\"User\":\"x\",\"RequestBody\":\"e30=\",\"Other\":[1,-2.5e+3,{\"a\":null},true,false,[]]"), "/a" },
	{ ASKS(",\"RequestHeaders\":{\"RequestUri\":\"/b\"}"), "/a" },
	{ ASKS(",\"RequestHeaders\":null"), "/a" },
	{ ASKS(",\"Other\":{\"RequestUri\":\"/b\"}"), "/a" },
	{ "{\"RequestUri\":\"/\\u0061?x\\u0026y\\u00e4\\ud83d\\ude00\\n\",\"RequestMethod\":\"GET\"}",
	  "/a?x&y\xc3\xa4\xf0\x9f\x98\x80\n" },
	{ " { \"RequestUri\" : \"/a\" ,\n\"RequestMethod\" : \"GET\" } ", "/a" },
	{ "", NULL },
	{ "{}", NULL },
	{ "[]", NULL },
	{ "{\"RequestMethod\":\"GET\"}", NULL },
	{ ASKS("") "x", NULL },
	{ ASKS("") ASKS(""), NULL },
	{ ASKS(",\"RequestUri\":\"/b\""), NULL },
	{ ASKS(",\"RequestMethod\":\"GET\""), NULL },
	{ ASKS(",\"RequestHeaders\":{},\"RequestHeaders\":{}"), NULL },
	{ ASKS(",\"RequestHeaders\":{\"content-length\":\"0\",\"Content-Length\":\"5\"}"), NULL },
	{ ASKS(",\"RequestHeaders\":{\"x\":1}"), NULL },
	{ ASKS(",\"RequestHeaders\":[]"), NULL },
	{ ASKS(",\"RequestBody\":5"), NULL },
	{ ASKS(",\"User\":null"), NULL },
	{ ASKS(","), NULL },
	{ ASKS(",\"a\":01"), NULL },
	{ ASKS(",\"a\":1."), NULL },
	{ ASKS(",\"a\":-"), NULL },
	{ ASKS(",\"a\":1e"), NULL },
	{ ASKS(",\"a\":nul"), NULL },
	{ ASKS(",\"a\":\"\\x\""), NULL },
	{ ASKS(",\"a\":\"\\ud800\""), NULL },
	{ ASKS(",\"a\":\"\\ude00\""), NULL },
	{ ASKS(",\"a\":\"\t\""), NULL },
	{ ASKS(",\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]"), NULL },
	{ "{\"RequestUri\":\"/\\u0000\",\"RequestMethod\":\"GET\"}", NULL },
	{ "{\"RequestUri\":5,\"RequestMethod\":\"GET\"}", NULL },
	{ "{\"RequestUri\":\"/a\",\"RequestMethod\":\"0123456789abcdefg\"}", NULL },
};

static void read_questions(void)
{
	struct question question;

	for (size_t at = 0; at < sizeof(json_cases) / sizeof(json_cases[0]); at++) {
		const struct json_case *one = &json_cases[at];
		bool is_read = question_read(&question, one->json, strlen(one->json));

		if (is_read != (one->uri != NULL) || (is_read && strcmp(question.uri, one->uri) != 0)) {
			fprintf(stderr, "not so: %s\n", one->json);
			exit(1);
		}
	}
}

struct route_case {
	const char *method;
	const char *uri;
	const char *length;
	const char *type;
	bool has_body;
	enum route route;
};

static const struct route_case route_cases[] = {
	{ "GET", "/v1.45/containers/json?all=1", "", "", false, ROUTE_FREE },
	{ "HEAD", "/_ping", "", "", false, ROUTE_FREE },
	{ "GET", "/images/a/b/c:1/json", "", "", false, ROUTE_FREE },
	{ "GET", "/v1.45/images/json?filters=%7B%22a%22%3A1%7D", "", "", false, ROUTE_FREE },
	{ "GET", "/version?seawall-trial", "", "", false, ROUTE_TRIAL },
	{ "GET", "/v1.45/version?seawall-trial", "", "", false, ROUTE_FREE },
	{ "GET", "/containers/create", "", "", false, ROUTE_CLOSED },
	{ "get", "/version", "", "", false, ROUTE_CLOSED },
	{ "GET", "/version/", "", "", false, ROUTE_CLOSED },
	{ "GET", "//version", "", "", false, ROUTE_CLOSED },
	{ "GET", "/images/../version", "", "", false, ROUTE_CLOSED },
	{ "GET", "/images/./json", "", "", false, ROUTE_CLOSED },
	{ "GET", "/%76ersion", "", "", false, ROUTE_CLOSED },
	{ "GET", "/containers/a%2fb/json", "", "", false, ROUTE_CLOSED },
	{ "GET", "/version#x", "", "", false, ROUTE_CLOSED },
	{ "GET", "/version?x#y", "", "", false, ROUTE_CLOSED },
	{ "GET", "http://x/version", "", "", false, ROUTE_CLOSED },
	{ "GET", "/v1.4567/version", "", "", false, ROUTE_CLOSED },
	{ "GET", "/v1.45", "", "", false, ROUTE_CLOSED },
	{ "GET", "/containers//json", "", "", false, ROUTE_CLOSED },
	{ "GET", "/grpc", "", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?t=5&signal=KILL", "0", "", false, ROUTE_FREE },
	{ "POST", "/containers/x/stop?t=5&t=6", "0", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?t=5;6", "0", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?t=%4", "0", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?t=%c3%a4", "0", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?%74=5", "0", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop?t=%41", "0", "", false, ROUTE_FREE },
	{ "POST", "/containers/x/stop", "", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop", "3", "", false, ROUTE_CLOSED },
	{ "POST", "/containers/x/stop", "0", "", true, ROUTE_CLOSED },
	{ "POST", "/networks/create", "2", "application/json", true, ROUTE_FREE },
	{ "POST", "/networks/create", "2", "application/json", false, ROUTE_CLOSED },
	{ "POST", "/commit?container=x", "2", "application/json", true, ROUTE_FREE },
	{ "POST", "/commit?container=x", "2", "Multipart/FORM-data", true, ROUTE_CLOSED },
	{ "DELETE", "/v1.45/containers/x?force=1", "", "", false, ROUTE_FREE },
	{ "DELETE", "/build/x", "", "", false, ROUTE_CLOSED },
	{ "POST", "/v1.45/containers/create?name=x", "2", "application/json", true, ROUTE_JUDGED },
	{ "POST", "/containers/x/start", "0", "", false, ROUTE_JUDGED },
	{ "POST", "/containers/x/exec", "2", "application/json", true, ROUTE_JUDGED },
	{ "POST", "/containers/x/checkpoints", "2", "application/json", true, ROUTE_CLOSED },
	{ "POST", "/session", "", "", false, ROUTE_CLOSED },
	{ "POST", "/plugins/x/enable", "", "", false, ROUTE_CLOSED },
	{ "POST", "/nobody/knows", "", "", false, ROUTE_CLOSED },
};

static void report_routes(void)
{
	for (size_t at = 0; at < sizeof(route_cases) / sizeof(route_cases[0]); at++) {
		const struct route_case *one = &route_cases[at];
		struct question question = { .has_body = one->has_body };

		strcpy(question.method, one->method);
		strcpy(question.uri, one->uri);
		strcpy(question.content_length, one->length);
		strcpy(question.content_type, one->type);
		if (route_of(&question) != one->route) {
			fprintf(stderr, "not so: %s %s\n", one->method, one->uri);
			exit(1);
		}
	}
}

static void read_messages(void)
{
	static const char message[] = "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloPOST";
	struct http http;
	struct text body = { 0 };
	size_t taken;

	http_begin(&http, HTTP_REQUEST);
	taken = http_read(&http, message, sizeof(message) - 1);
	EXPECT(http.at == HTTP_HEAD_READ && strcmp(http.method, "POST") == 0 && strcmp(http.target, "/x") == 0);
	http.keep = &body;
	http.most = 4;
	taken += http_read(&http, message + taken, sizeof(message) - 1 - taken);
	EXPECT(http.at == HTTP_DONE && taken == sizeof(message) - 5 && http.is_too_long && body.used == 0);
	EXPECT(text_total() == 0);
	http_begin(&http, HTTP_REPLY);
	EXPECT(http_read(&http, "HTTP/1.1 102 Processing\r\n\r\n", 27) == 27 && http.at == HTTP_HEAD_READ);
	EXPECT(http.status == 102);
	EXPECT(http_read(&http, "", 0) == 0 && http.at == HTTP_DONE);
}

int main(void)
{
	EXPECT(routes_open());
	read_questions();
	report_routes();
	read_messages();
	printf("%zu requests\n", sizeof(route_cases) / sizeof(route_cases[0]));
	return 0;
}
