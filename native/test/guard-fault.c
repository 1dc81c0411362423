/* Loaded before the guard's trial program: what the file GUARD_FAULT names goes wrong. `statx`: no open file can be looked
 * at. `mount`: nothing tells which mount a file lies on. `memory`: there is no room for another request. `hang`: nobody
 * answers whoever asks about an open file. `slow`: each large piece of a file takes long to be read. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGE 20000

extern void *__libc_malloc(size_t size);

static int is_on(const char *fault)
{
	const char *path = getenv("GUARD_FAULT");
	char now[16] = "";
	int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return 0;
	if (read(file, now, sizeof(now) - 1) < 0)
		now[0] = '\0';
	close(file);
	return strcmp(now, fault) == 0;
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found)
{
	int (*real)(int, const char *, int, unsigned, struct statx *) = dlsym(RTLD_NEXT, "statx");
	int result;

	while ((flags & AT_EMPTY_PATH) && is_on("hang"))
		usleep(10000);
	if ((flags & AT_EMPTY_PATH) && is_on("statx")) {
		errno = EIO;
		return -1;
	}
	result = real(folder, path, flags, mask, found);
	if ((flags & AT_EMPTY_PATH) && is_on("mount")) {
		found->stx_dev_major = found->stx_dev_minor = 0;
		found->stx_mnt_id = 0;
	}
	return result;
}

ssize_t pread(int file, void *to, size_t size, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, "pread");

	if (size >= LARGE && is_on("slow"))
		usleep(150000);
	return real(file, to, size, at);
}

void *malloc(size_t size)
{
	return size > LARGE && is_on("memory") ? NULL : __libc_malloc(size);
}
