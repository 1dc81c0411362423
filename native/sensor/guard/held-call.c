#include "held-call.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "held-task.skel.h"

#define PAGE 4096

static struct held_task_bpf *programs;
static int asked = -1; /* program that is run for one thread; -1: this kernel has an iterator only */

static struct held_task_bpf *load(bool with_asked, bool with_file)
{
	struct held_task_bpf *skeleton = held_task_bpf__open();

	if (skeleton == NULL)
		return NULL;
	bpf_program__set_autoload(skeleton->progs.held_task_asked, with_asked);
	bpf_program__set_autoload(skeleton->progs.file_asked, with_file);
	if (held_task_bpf__load(skeleton) == 0)
		return skeleton;
	held_task_bpf__destroy(skeleton);
	return NULL;
}

int held_call_open(void)
{
	if (programs != NULL)
		return 0;
	programs = load(true, true);
	if (programs != NULL)
		asked = bpf_program__fd(programs->progs.held_task_asked);
	else
		programs = load(false, true);
	if (programs == NULL) /* then no content from outside of the image is known */
		programs = load(false, false);
	return programs == NULL ? -errno : 0;
}

static bool read_by_iterator(uint32_t thread, struct held_call *call)
{
	union bpf_iter_link_info about = { .task.tid = thread };
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &about, .link_info_len = sizeof(about));
	struct bpf_link *link = bpf_program__attach_iter(programs->progs.held_task_found, &options);
	int file = link == NULL ? -1 : bpf_iter_create(bpf_link__fd(link));
	bool got = file >= 0 && read(file, call, sizeof(*call)) == (ssize_t)sizeof(*call);

	if (file >= 0)
		close(file);
	bpf_link__destroy(link);
	return got && call->known;
}

bool held_call_read(uint32_t thread, struct held_call *call)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = call, .ctx_size_in = sizeof(*call));

	*call = (struct held_call){ .thread = thread };
	if (programs == NULL)
		return false;
	if (asked < 0)
		return read_by_iterator(thread, call);
	return bpf_prog_test_run_opts(asked, &options) == 0 && call->known;
}

bool held_call_readable(uint32_t thread)
{
	struct held_call call;

	return held_call_read(thread, &call) && !call.crowded;
}

static bool ask_file(int file, struct held_file *about)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = about, .ctx_size_in = sizeof(*about));

	*about = (struct held_file){ .file = (uint32_t)file };
	return programs != NULL && bpf_prog_test_run_opts(bpf_program__fd(programs->progs.file_asked), &options) == 0 &&
	       about->known;
}

enum held_change held_file_change(int file)
{
	struct held_file about;

	if (!ask_file(file, &about) || about.written)
		return HELD_WRITTEN;
	return about.silent ? HELD_SILENT : HELD_STILL;
}

bool held_file_identity(int file, struct wire_file *identity)
{
	struct held_file about;

	if (!ask_file(file, &about))
		return false;
	*identity = about.identity;
	return true;
}

enum call_kind { OPENS, OPENS_BY_MEMORY, CREATES, EXECUTES };

#define NO_PATH 3

/* Calls that open files, of 64-bit x86 and of its 32-bit ABI. Any other one counts as an open for reading, openat2 too:
 * its flags lie in memory that the caller can change meanwhile. */
static const struct {
	bool compat;
	uint64_t number;
	enum call_kind kind;
	int path, flags; /* which arguments */
} calls[] = {
	{ false, 2, OPENS, 0, 1 },
	{ false, 257, OPENS, 1, 2 },
	{ false, 304, OPENS, NO_PATH, 2 },
	{ false, 437, OPENS_BY_MEMORY, 1, 0 },
	{ false, 85, CREATES, 0, 0 },
	{ false, 59, EXECUTES, NO_PATH, 0 },
	{ false, 322, EXECUTES, NO_PATH, 0 },
	{ true, 5, OPENS, 0, 1 },
	{ true, 295, OPENS, 1, 2 },
	{ true, 342, OPENS, NO_PATH, 2 },
	{ true, 437, OPENS_BY_MEMORY, 1, 0 },
	{ true, 8, CREATES, 0, 0 },
	{ true, 11, EXECUTES, NO_PATH, 0 },
	{ true, 358, EXECUTES, NO_PATH, 0 },
};

/* Index of the call; that behind the last where it is none of them. */
static size_t find_call(const struct held_call *call)
{
	size_t at = 0;

	while (at < sizeof(calls) / sizeof(*calls) &&
	       (calls[at].compat != (call->compat != 0) || calls[at].number != call->number))
		at++;
	return at;
}

struct held_open held_call_opens(const struct held_call *call)
{
	uint64_t flags = 0;
	struct held_open open = { .exec = false };
	size_t at = find_call(call);

	if (at < sizeof(calls) / sizeof(*calls)) {
		open.exec = calls[at].kind == EXECUTES;
		if (calls[at].kind == OPENS)
			flags = call->arguments[calls[at].flags];
		open.writes = calls[at].kind == CREATES || (flags & O_ACCMODE) != O_RDONLY;
	}
	open.closes_on_exec = (flags & O_CLOEXEC) != 0;
	return open;
}

/* A page at a time: a path may end before one that is not there. */
size_t held_call_path(const struct held_call *call, char *path, size_t size)
{
	size_t at = find_call(call), length = 0;
	uint64_t from;

	path[0] = '\0';
	if (at == sizeof(calls) / sizeof(*calls) || calls[at].path == NO_PATH)
		return 0;
	from = call->arguments[calls[at].path];
	while (length < size - 1) {
		size_t piece = PAGE - (size_t)((from + length) % PAGE);
		struct iovec to = { path + length, piece < size - 1 - length ? piece : size - 1 - length };
		struct iovec there = { (void *)(uintptr_t)(from + length), to.iov_len };
		ssize_t got = process_vm_readv((pid_t)call->thread, &to, 1, &there, 1, 0);
		const char *end = got <= 0 ? NULL : memchr(path + length, '\0', (size_t)got);

		if (end != NULL)
			return (size_t)(end - path);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	path[0] = '\0';
	return 0;
}
