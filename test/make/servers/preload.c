/* A library that leaves a mark when it is loaded. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void loaded(void)
{
	const char *mark = getenv("MARK");
	int file = open(mark ? mark : "/mark/ran", O_CREAT | O_WRONLY | O_APPEND, 0666);

	if (file >= 0)
		(void)!write(file, "loaded\n", 7);
}
