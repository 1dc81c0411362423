#include "clock-words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define MINUTE_MS 60000
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
/* Console and host may differ by so much. */
#define TOLERANCE_MS (2 * MINUTE_MS)

static void say_span(uint64_t span, char *to, size_t room)
{
	if (span < 2 * HOUR_MS)
		snprintf(to, room, "%" PRIu64 " min", span / MINUTE_MS);
	else if (span < 2 * DAY_MS)
		snprintf(to, room, "%" PRIu64 " hours", span / HOUR_MS);
	else
		snprintf(to, room, "%" PRIu64 " days", span / DAY_MS);
}

static void say_time(uint64_t time, char *to, size_t room)
{
	time_t seconds = (time_t)(time / 1000);
	struct tm parts;

	if (!gmtime_r(&seconds, &parts) || strftime(to, room, "%Y-%m-%d %H:%M UTC", &parts) == 0)
		to[0] = 0;
}

bool clock_words(const struct ledger_header *header, uint64_t now, char *to, size_t room)
{
	char span[32], time[64];

	if (header->sequence == 0)
		return false;
	say_time(now, time, sizeof(time));
	if (now + TOLERANCE_MS < header->issued) {
		say_span(header->issued - now, span, sizeof(span));
		snprintf(
			to, room,
			"The clock of this host says %s, %s before its admission ledger was made, so the clock is wrong. "
			"Check it: timedatectl.",
			time, span);
		return true;
	}
	if (now < header->expires)
		return false;
	say_span(now - header->expires, span, sizeof(span));
	snprintf(to, room,
		 "The clock of this host says %s, %s beyond the end of its admission ledger. "
		 "Check the clock: timedatectl. If it is right, the console has given no other ledger since.",
		 time, span);
	return true;
}

void add_clock(struct start *start, const struct ledger_header *header)
{
	char words[256];
	size_t used = strlen(start->reason);

	if (start->cause && strcmp(start->cause, "unknown-image") == 0 && !strstr(start->reason, "clock") &&
	    clock_words(header, unix_ms(), words, sizeof(words)))
		snprintf(start->reason + used, sizeof(start->reason) - used, " %s", words);
}
