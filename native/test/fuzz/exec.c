/* Reads arbitrary bytes as the words of an exec and as its process: what it gains is bounded, and never what is held. */
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime-wrapper/exec.c"

static char root[] = "/dev/shm/seawall-fuzz.XXXXXX";
static char process[sizeof(root) + 16], state[sizeof(root) + 32];

static void remove_root(void)
{
	char path[sizeof(state)];

	unlink(process);
	unlink(state);
	snprintf(path, sizeof(path), "%s/one", root);
	rmdir(path);
	rmdir(root);
}

static void put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	if (!file || (size && fwrite(data, size, 1, file) != 1) || fclose(file))
		abort();
}

static void make_root(void)
{
	static const char held[] = "{\"config\":{\"capabilities\":{\"Bounding\":[\"CAP_CHOWN\",\"CAP_KILL\"]}}}";
	char path[sizeof(state)];

	if (!mkdtemp(root))
		abort();
	snprintf(path, sizeof(path), "%s/one", root);
	mkdir(path, 0700);
	snprintf(process, sizeof(process), "%s/process", root);
	snprintf(state, sizeof(state), "%s/one/state.json", root);
	put(state, held, sizeof(held) - 1);
	atexit(remove_root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[] = { "runc", "--root", root, "exec", "--process", process, "--cap=CAP_KILL", "one", "sh", NULL };
	struct arguments arguments;
	struct gain gain;

	if (!process[0])
		make_root();
	put(process, data, size);
	read_arguments(words, &arguments);
	if (!arguments.is_exec || strcmp(arguments.container, "one") != 0)
		abort();
	gain = gain_of(&arguments, words);
	if (json_array_size(gain.more) > MOST_MORE || holds(gain.more, "CAP_KILL") || holds(gain.more, "cap_chown"))
		abort();
	json_decref(gain.more);
	return 0;
}
