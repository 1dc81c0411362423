/* Who wrote a file last, and which files are opened calmly. */
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
/* Counts an open by what runs no code. True once the same unchanged text was opened often, over some seconds, by one
 * process: it is data, and the kernel need not ask again. */
bool writers_calm(struct guard_writers *writers, const struct statx *file, uint32_t process, uint64_t now);

#endif
