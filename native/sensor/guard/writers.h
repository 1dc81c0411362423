/* Who wrote a file last. */
#ifndef SEAWALL_GUARD_WRITERS_H
#define SEAWALL_GUARD_WRITERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct guard_writers;

struct guard_writers *writers_open(void);
void writers_close(struct guard_writers *writers);
void writers_note(struct guard_writers *writers, const struct statx *file, const char *program, uint64_t program_inode);
const char *writers_of(struct guard_writers *writers, const struct statx *file, uint64_t *program_inode);

#endif
