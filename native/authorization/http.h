/* Reads HTTP/1.1 messages piece by piece, as they come. */
#ifndef SEAWALL_HTTP_H
#define SEAWALL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define HTTP_LINE 2048
#define HTTP_MOST_LINES 100
/* Of a body that is not kept; the engine shows much less of one. */
#define HTTP_MOST_PASSED (64 * 1024 * 1024)

enum http_kind {
	HTTP_REQUEST,
	HTTP_REPLY,
};

enum http_at {
	HTTP_FIRST_LINE,
	HTTP_HEADER,
	HTTP_HEAD_READ, /* stops here once: whoever reads says what is kept of the body */
	HTTP_BODY,
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK,
	HTTP_CHUNK_END,
	HTTP_TRAILER,
	HTTP_DONE,
	HTTP_WRONG,
};

struct http {
	enum http_kind kind;
	enum http_at at;
	char line[HTTP_LINE];
	size_t line_bytes;
	unsigned int lines;
	char method[8];
	char target[64]; /* empty: longer than any that is known */
	unsigned int status;
	bool has_length;
	bool is_chunked;
	bool closes;   /* nothing follows on this connection */
	bool expects;  /* waits for 100 Continue before it sends its body */
	uint64_t left; /* of the body or chunk */
	uint64_t passed;
	struct text *keep; /* where the body goes; NULL: it is passed over */
	size_t most;       /* bytes to keep */
	bool is_too_long;  /* it was longer than that */
};

void http_begin(struct http *http, enum http_kind kind);

/* Reads on, until the head or the message has ended. Returns how many bytes were taken. */
size_t http_read(struct http *http, const char *bytes, size_t count);

#endif
