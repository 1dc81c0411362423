#include "runtime.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *become_runtime(const char *path, char *const *words)
{
	struct stat own, real;

	if (stat("/proc/self/exe", &own) == 0 && stat(path, &real) == 0 && own.st_dev == real.st_dev && own.st_ino == real.st_ino)
		return "it is the gate itself";
	execv(path, words);
	return strerror(errno);
}
