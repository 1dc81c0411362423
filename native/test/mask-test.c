/* Tests of the masker: known cases, then random bytes. `mask-test FILE` reads cases: arguments, a tab, what is left of
 * them; `|` stands for the NUL between words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../sensor/mask.h"

#define SIZE 4096

static int failures;

/* Text that ends where memory ends: a read or write behind it is a fault. */
static char *edge(size_t length)
{
	static char *pages;

	if (pages == NULL) {
		pages = mmap(NULL, 3 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pages == MAP_FAILED || mprotect(pages, SIZE, PROT_NONE) != 0 ||
		    mprotect(pages + 2 * SIZE, SIZE, PROT_NONE) != 0)
			exit(2);
	}
	return pages + 2 * SIZE - length;
}

static void swap(char *text, size_t length, char from, char to)
{
	for (size_t at = 0; at < length; at++)
		if (text[at] == from)
			text[at] = to;
}

static size_t count_nul(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t at = 0; at < length; at++)
		count += text[at] == '\0';
	return count;
}

static void check_case(const char *given, const char *wanted)
{
	size_t length = strlen(given);
	char *text = memcpy(edge(length), given, length);
	size_t left;

	swap(text, length, '|', '\0');
	left = mask_argv(text, length);
	swap(text, left, '\0', '|');
	if (left == strlen(wanted) && memcmp(text, wanted, left) == 0)
		return;
	failures++;
	printf("given  %s\nwanted %s\ngot    %.*s\n", given, wanted, (int)left, text);
}

static void check_file(const char *name)
{
	static char line[SIZE];
	FILE *file = fopen(name, "r");
	int cases = 0;

	if (file == NULL) {
		perror(name);
		exit(2);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		char *tab = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || tab == NULL)
			continue;
		*tab = '\0';
		check_case(line, tab + 1);
		cases++;
	}
	fclose(file);
	printf("%d cases\n", cases);
}

/* Pieces that reach into the masker's branches, joined at random. */
static const char *const pieces[] = {
	"--password",
	"=",
	":",
	" ",
	"\0",
	"password",
	"-p",
	"mysql",
	"curl",
	"-u",
	"://",
	"@",
	"user:",
	"\"",
	"'",
	"\\",
	"Authorization",
	"Bearer ",
	"-----BEGIN ",
	"-----END ",
	"-----",
	"eyJ",
	"AKIA",
	"key",
	"0a1b2c3d4e5f6071",
	"/",
	"?",
	"&",
	";",
	"smbclient",
	"-U",
	"%",
	"\n",
	"token",
	"x",
	"~",
};

static void check_random(int rounds)
{
	static char before[SIZE];

	for (int round = 0; round < rounds; round++) {
		size_t length = 0;
		size_t most = (size_t)(rand() % 256);
		size_t left;
		char *text;

		while (length < most) {
			const char *piece = pieces[(size_t)rand() % (sizeof(pieces) / sizeof(*pieces))];
			size_t size = *piece == '\0' ? 1 : strlen(piece);

			if (rand() % 16 == 0)
				before[length++] = (char)rand();
			memcpy(before + length, piece, size);
			length += size;
		}
		text = memcpy(edge(length), before, length);
		left = mask_argv(text, length);
		if (left > length || count_nul(text, left) != count_nul(before, length)) {
			failures++;
			printf("round %d: %zu bytes became %zu, NULs %zu became %zu\n", round, length, left,
			       count_nul(before, length), count_nul(text, left));
		}
	}
	printf("%d random texts\n", rounds);
}

/* Twice the text may take twice the time, not four times: each piece alone, over and over. */
static void check_linear(void)
{
	enum { LONG = 1 << 20 };
	char *text = malloc(LONG);

	for (size_t at = 0; text != NULL && at < sizeof(pieces) / sizeof(*pieces); at++) {
		size_t size = *pieces[at] == '\0' ? 1 : strlen(pieces[at]);
		struct timespec from, to;
		double seconds;

		for (size_t place = 0; place + size + 1 <= LONG; place += size + 1) {
			memcpy(text + place, pieces[at], size);
			text[place + size] = '=';
		}
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		mask_argv(text, LONG - SIZE);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
		if (seconds > 3) {
			failures++;
			printf("1 MiB of \"%s=\" took %.1f s\n", pieces[at], seconds);
		}
	}
	free(text);
}

int main(int count, char **words)
{
	srand(count > 2 ? (unsigned)atoi(words[2]) : 1);
	if (count > 1)
		check_file(words[1]);
	check_random(200000);
	check_linear();
	if (failures > 0)
		printf("%d failed\n", failures);
	return failures > 0;
}
