#include "read-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool may_be_read(const struct stat *about, enum read_trust trust)
{
	if (!S_ISREG(about->st_mode))
		return false;
	return trust == OF_ANYBODY || (about->st_uid == 0 && !(about->st_mode & (S_IWGRP | S_IWOTH)));
}

int open_file(const char *path, enum read_trust trust, enum read_state *state)
{
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat about;

	if (file < 0) {
		*state = errno == ENOENT || errno == ENOTDIR ? READ_ABSENT
			 : errno == ELOOP                    ? READ_REFUSED
							     : READ_FAILED;
		return -1;
	}
	*state = fstat(file, &about) ? READ_FAILED : may_be_read(&about, trust) ? READ_OK : READ_REFUSED;
	if (*state == READ_OK)
		return file;
	close(file);
	return -1;
}

/* Reads on until the end; `room` bytes are the most. False when it is longer, or cannot be read. */
static bool read_whole(int file, char *to, size_t room, size_t *bytes)
{
	ssize_t got;

	for (*bytes = 0; *bytes < room; *bytes += (size_t)got) {
		got = read(file, to + *bytes, room - *bytes);
		if (got <= 0)
			return got == 0;
	}
	return false;
}

static char *read_file_within(const char *path, enum read_trust trust, size_t most, size_t *bytes,
			      enum read_state *state)
{
	int file = open_file(path, trust, state);
	struct stat about;
	char *text = NULL;

	if (file < 0)
		return NULL;
	if (fstat(file, &about) || (size_t)about.st_size > most)
		*state = READ_REFUSED;
	else
		text = malloc((size_t)about.st_size + 2);
	/* One byte more than it had: who makes it longer meanwhile is not believed. */
	if (text && !read_whole(file, text, (size_t)about.st_size + 1, bytes)) {
		free(text);
		text = NULL;
	}
	if (text)
		text[*bytes] = 0;
	else if (*state == READ_OK)
		*state = READ_FAILED;
	close(file);
	return text;
}

char *read_file(const char *path, enum read_trust trust, size_t *bytes, enum read_state *state)
{
	return read_file_within(path, trust, MOST_JSON, bytes, state);
}

json_t *read_json_within(const char *path, enum read_trust trust, size_t most, enum read_state *state)
{
	size_t bytes;
	char *text = read_file_within(path, trust, most, &bytes, state);
	json_t *value = NULL;

	if (!text)
		return NULL;
	/* jansson passes over zeros, and nothing that is JSON has one. */
	if (!memchr(text, 0, bytes))
		value = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
	free(text);
	if (json_is_object(value))
		return value;
	json_decref(value);
	*state = READ_REFUSED;
	return NULL;
}

json_t *read_json(const char *path, enum read_trust trust, enum read_state *state)
{
	return read_json_within(path, trust, MOST_JSON, state);
}
