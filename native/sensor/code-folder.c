#include "code-folder.h"

#include <stdbool.h>
#include <string.h>

#define LEAST_HEX 8
#define LEAST_NUMBER 4
#define UUID_LENGTH 36

static bool is_digit(char one)
{
	return one >= '0' && one <= '9';
}

static bool is_hex(char one)
{
	return is_digit(one) || (one >= 'a' && one <= 'f');
}

static size_t run_of(const char *at, const char *end, bool (*belongs)(char))
{
	const char *next = at;

	while (next < end && belongs(*next))
		next++;
	return (size_t)(next - at);
}

static bool is_uuid(const char *at, const char *end)
{
	int i;

	if (end - at < UUID_LENGTH)
		return false;
	for (i = 0; i < UUID_LENGTH; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? at[i] != '-' : !is_hex(at[i]))
			return false;
	return true;
}

/* Length of what a program made up at this place, and its kind; 0: nothing. */
static size_t made_up(const char *at, const char *end, const char **kind)
{
	size_t hex = run_of(at, end, is_hex), digits = run_of(at, end, is_digit);

	*kind = "{uuid}";
	if (is_uuid(at, end))
		return UUID_LENGTH;
	*kind = hex >= LEAST_HEX && digits < hex ? "{hex}" : "{num}";
	if (hex >= LEAST_HEX)
		return hex;
	return digits >= LEAST_NUMBER ? digits : 0;
}

static bool is_temporary(const char *path)
{
	static const char *const folders[] = { "/tmp/", "/var/tmp/", "/dev/shm/" };
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (!strncmp(path, folders[i], strlen(folders[i])))
			return true;
	return false;
}

size_t code_folder(const char *path, char folder[CODE_FOLDER_BYTES])
{
	const char *at = path, *last = strrchr(path, '/'), *kind;
	const char *end = last == NULL || last == path ? path + (*path != '\0') : last;
	bool temporary = is_temporary(path);
	size_t used = 0;

	if (end - path >= PATH_MAX)
		return 0;
	while (at < end) {
		size_t length = temporary ? made_up(at, end, &kind) : 0;

		if (length > 0) { /* a kind is never longer than twice what it stands for */
			memcpy(folder + used, kind, strlen(kind));
			used += strlen(kind);
			at += length;
			continue;
		}
		if (*at == '{' || *at == '\\')
			folder[used++] = '\\';
		folder[used++] = *at++;
	}
	return used;
}
