/* The file is mapped, and becomes executable later or where it is moved to. */
#include "map-code.h"

#include <errno.h>
#include <stddef.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

static void by_protecting_all(void)
{
	char *at = readable();

	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_protecting_part(void)
{
	char *at = readable();

	must(mprotect(at + PAGE, PAGE, RX));
	run(at + PAGE);
}

/* Memory, file and memory again, by one call. */
static void by_protecting_several(void)
{
	char *at = mmap(LOW, 5 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	mmap(at + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(at, 5 * PAGE, RX));
	run(at + 2 * PAGE);
}

/* More mappings in one call than the sensor looks at. */
static void by_protecting_many(void)
{
	const size_t most = 5000;
	char *at = mmap(NULL, most * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	for (i = 0; i < most; i += 2)
		must(mprotect(at + i * PAGE, PAGE, PROT_READ));
	mmap(at + (most - 1) * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(at, most * PAGE, RX));
	run(at + (most - 1) * PAGE);
}

/* From where nothing is mapped, down to the stack that lies before the file. */
static void by_protecting_down(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;
	char *at = (char *)mmap(LOW, PAGE, RW, flags, -1, 0) + PAGE;

	mmap(at, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);
	must(mprotect(LOW - PAGE, 5 * PAGE, RX | PROT_GROWSDOWN));
	run(at);
}

/* By the entry of 32-bit programs, whose numbers and registers are others. */
static void by_32_bit_call(void)
{
	char *at = readable();
	long done;

	__asm__ volatile("int $0x80"
			 : "=a"(done)
			 : "a"(125L), "b"(at), "c"((long)PAGE), "d"((long)RX)
			 : "memory", "r8", "r9", "r10", "r11");
	if (done < 0)
		errno = (int)-done;
	must(done < 0 ? -1 : 0);
	run(at);
}

static void by_key(void)
{
	char *at = readable();

	must(syscall(SYS_pkey_mprotect, at, PAGE, RX, -1));
	run(at);
}

/* Reading means running. */
static void by_personality(void)
{
	must(personality(READ_IMPLIES_EXEC));
	run(readable());
}

static void by_personality_later(void)
{
	char *at = mmap(LOW, PAGE, PROT_NONE, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	must(personality(READ_IMPLIES_EXEC));
	must(mprotect(at, PAGE, PROT_READ));
	run(at);
}

static void by_moving(void)
{
	char *at = mremap(readable(), 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, LOW + 16 * PAGE);

	must(at == MAP_FAILED ? -1 : 0);
	must(mprotect(at, 3 * PAGE, RX));
	run(at);
}

static void by_growing(void)
{
	char *at = mmap(LOW, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, code_file(), 0);

	must(syscall(SYS_mprotect, at, PAGE, RX));
	run(mremap(at, PAGE, 3 * PAGE, MREMAP_MAYMOVE));
}

const struct way protect_ways[] = {
	{ "mprotect-all", by_protecting_all },
	{ "mprotect-part", by_protecting_part },
	{ "mprotect-several", by_protecting_several },
	{ "mprotect-many", by_protecting_many },
	{ "mprotect-down", by_protecting_down },
	{ "mprotect-32", by_32_bit_call },
	{ "pkey", by_key },
	{ "personality", by_personality },
	{ "personality-later", by_personality_later },
	{ "mremap", by_moving },
	{ "mremap-grow", by_growing },
	{ NULL, NULL },
};
