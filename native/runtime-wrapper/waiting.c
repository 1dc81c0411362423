#include "waiting.h"

#include <fcntl.h>
#include <unistd.h>

void waiting_begin(struct waiting *waiting, const char *folder)
{
	struct flock own = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = getpid(), .l_len = 1 };

	waiting->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (waiting->folder >= 0)
		fcntl(waiting->folder, F_OFD_SETLK, &own);
}

void waiting_end(struct waiting *waiting)
{
	if (waiting->folder >= 0)
		close(waiting->folder);
	waiting->folder = -1;
}

/* The system names one lock of a range, not the first: what lies before and behind it is asked about for itself. */
static int count(int folder, off_t from, off_t bytes, int most)
{
	struct flock other = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = from, .l_len = bytes };
	int found = 1;

	if (bytes == 0 || most <= 0 || fcntl(folder, F_OFD_GETLK, &other) || other.l_type == F_UNLCK)
		return 0;
	found += count(folder, from, other.l_start - from, most - found);
	return found + count(folder, other.l_start + 1, from + bytes - other.l_start - 1, most - found);
}

int waiting_others(const struct waiting *waiting)
{
	return waiting->folder < 0 ? 0 : count(waiting->folder, 0, 1 << 23, MOST_COUNTED);
}
