#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void http_begin(struct http *http, enum http_kind kind)
{
	memset(http, 0, offsetof(struct http, line));
	memset(&http->line_bytes, 0, sizeof(*http) - offsetof(struct http, line_bytes));
	http->kind = kind;
}

static bool is_version(const char *text)
{
	return strcmp(text, "HTTP/1.1") == 0 || strcmp(text, "HTTP/1.0") == 0;
}

/* `POST /AuthZPlugin.AuthZReq HTTP/1.1` */
static bool read_request_line(struct http *http)
{
	char *target = strchr(http->line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;

	if (!version || target == http->line || (size_t)(target - http->line) >= sizeof(http->method))
		return false;
	*target++ = 0;
	*version++ = 0;
	if (!is_version(version) || target[0] == 0)
		return false;
	http->closes = strcmp(version, "HTTP/1.0") == 0;
	strcpy(http->method, http->line);
	if (strlen(target) < sizeof(http->target))
		strcpy(http->target, target);
	return true;
}

/* `HTTP/1.1 200 OK` */
static bool read_status_line(struct http *http)
{
	char *end;

	if (strlen(http->line) < 12 || http->line[8] != ' ')
		return false;
	http->line[8] = 0;
	http->status = (unsigned int)strtoul(http->line + 9, &end, 10);
	return is_version(http->line) && end == http->line + 12 && http->status >= 100 && http->status <= 599;
}

static bool read_length(struct http *http, const char *value)
{
	char *end;

	if (http->has_length || value[0] < '0' || value[0] > '9' || strlen(value) > 15)
		return false;
	http->has_length = true;
	http->left = strtoull(value, &end, 10);
	return *end == 0;
}

/* Words that count stand alone in what engine and agent send; others are not understood, and so refused. */
static bool read_header(struct http *http)
{
	size_t name = strcspn(http->line, ": \t");
	char *value, *end;

	if (name == 0 || http->line[name] != ':')
		return false;
	http->line[name] = 0;
	value = http->line + name + 1 + strspn(http->line + name + 1, " \t");
	for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t');)
		*--end = 0;
	if (strcasecmp(http->line, "content-length") == 0)
		return read_length(http, value);
	if (strcasecmp(http->line, "transfer-encoding") == 0) {
		if (http->is_chunked || strcasecmp(value, "chunked") != 0)
			return false;
		http->is_chunked = true;
	} else if (strcasecmp(http->line, "connection") == 0 && strcasecmp(value, "close") == 0) {
		http->closes = true;
	} else if (strcasecmp(http->line, "expect") == 0) {
		if (strcasecmp(value, "100-continue") != 0)
			return false;
		http->expects = true;
	}
	return true;
}

static enum http_at end_head(const struct http *http)
{
	return http->is_chunked && http->has_length ? HTTP_WRONG : HTTP_HEAD_READ;
}

static enum http_at begin_body(struct http *http)
{
	if (http->is_chunked)
		return HTTP_CHUNK_SIZE;
	return http->left > 0 ? HTTP_BODY : HTTP_DONE;
}

/* Extensions of chunks are used by nobody here. */
static enum http_at begin_chunk(struct http *http)
{
	char *end;

	if (http->line_bytes == 0 || http->line_bytes > 8 ||
	    strspn(http->line, "0123456789abcdefABCDEF") != http->line_bytes)
		return HTTP_WRONG;
	http->left = strtoull(http->line, &end, 16);
	return http->left > 0 ? HTTP_CHUNK : HTTP_TRAILER;
}

static enum http_at end_line(struct http *http)
{
	bool is_of_chunk = http->at == HTTP_CHUNK_SIZE || http->at == HTTP_CHUNK_END;

	if (!is_of_chunk && ++http->lines > HTTP_MOST_LINES)
		return HTTP_WRONG;
	switch (http->at) {
	case HTTP_FIRST_LINE:
		return (http->kind == HTTP_REQUEST ? read_request_line(http) : read_status_line(http)) ? HTTP_HEADER
												       : HTTP_WRONG;
	case HTTP_HEADER:
		if (http->line_bytes == 0)
			return end_head(http);
		return read_header(http) ? HTTP_HEADER : HTTP_WRONG;
	case HTTP_CHUNK_SIZE:
		return begin_chunk(http);
	case HTTP_CHUNK_END:
		return http->line_bytes == 0 ? HTTP_CHUNK_SIZE : HTTP_WRONG;
	case HTTP_TRAILER:
		return http->line_bytes == 0 ? HTTP_DONE : HTTP_TRAILER;
	default:
		return HTTP_WRONG;
	}
}

/* A line ends with CR LF, and holds neither otherwise, nor a zero. */
static size_t read_line(struct http *http, const char *bytes, size_t count)
{
	for (size_t at = 0; at < count; at++) {
		char one = bytes[at];
		bool was_return = http->line_bytes > 0 && http->line[http->line_bytes - 1] == '\r';

		if (one == '\n' && was_return) {
			http->line[--http->line_bytes] = 0;
			http->at = end_line(http);
			http->line_bytes = 0;
			return at + 1;
		}
		if (one == 0 || one == '\n' || was_return || http->line_bytes + 1 >= sizeof(http->line)) {
			http->at = HTTP_WRONG;
			return at;
		}
		http->line[http->line_bytes++] = one;
	}
	return count;
}

static size_t read_body(struct http *http, const char *bytes, size_t count)
{
	if (count > http->left)
		count = (size_t)http->left;
	http->left -= count;
	http->passed += count;
	if (http->keep && !http->is_too_long && !text_add(http->keep, bytes, count, http->most)) {
		http->is_too_long = true;
		text_drop(http->keep);
	}
	if (http->passed > HTTP_MOST_PASSED)
		http->at = HTTP_WRONG;
	else if (http->left == 0)
		http->at = http->at == HTTP_CHUNK ? HTTP_CHUNK_END : HTTP_DONE;
	return count;
}

size_t http_read(struct http *http, const char *bytes, size_t count)
{
	size_t taken = 0;

	if (http->at == HTTP_HEAD_READ)
		http->at = begin_body(http);
	while (taken < count && http->at != HTTP_DONE && http->at != HTTP_WRONG && http->at != HTTP_HEAD_READ) {
		bool is_body = http->at == HTTP_BODY || http->at == HTTP_CHUNK;

		taken += is_body ? read_body(http, bytes + taken, count - taken)
				 : read_line(http, bytes + taken, count - taken);
	}
	return taken;
}
