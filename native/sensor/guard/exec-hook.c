#include "exec-hook.h"

#include <string.h>
#include <unistd.h>

#include "calm.h"
#include "code-file.h"
#include "find-file.h"
#include "origin.h"
#include "settle.h"

/* The thread's program named this one as what runs it; through a symbolic link, it may be. */
static bool is_named(const struct guard_runner *runner, const struct guard_question *question, const char *path)
{
	struct statx found;

	if (runner->thread != question->thread)
		return false;
	if (strcmp(code_last_part(runner->path), code_last_part(path)) == 0)
		return true;
	return find_status(question->thread, runner->path, &found) && found.stx_ino == question->status.stx_ino;
}

static uint8_t role_of(struct guard_watch *watch, const struct guard_question *question, const char *path)
{
	struct guard_runner *runner = &watch->runners[question->thread % GUARD_RUNNERS];
	bool named = is_named(runner, question, path);
	bool by_script = runner->script;
	uint8_t head[CODE_HEAD];
	ssize_t got = pread(question->file, head, sizeof(head), 0);
	enum code_start start =
		code_start_of(question->file, head, got < 0 ? 0 : (size_t)got, runner->path, sizeof(runner->path));

	runner->thread = start == CODE_START_PLAIN ? 0 : question->thread;
	runner->script = start == CODE_START_SCRIPT;
	if (start == CODE_START_SCRIPT)
		return GUARD_SCRIPT;
	if (!named)
		return GUARD_MAIN;
	return by_script ? GUARD_INTERPRETER : GUARD_LOADER;
}

/* What runs all the time is answered by two look-ups. The file's identity says that it is the image's: no container can
 * set a change time. */
static bool is_known(struct guard_watch *watch, const struct guard_question *question, const struct wire_file *file)
{
	const struct guard_callbacks *cb = &watch->guard->cb;

	if (cb->knows_exec == NULL || !question->mount.overlay || question->status.stx_nlink == 0)
		return false;
	return cb->knows_exec(cb->ctx, question->mount.cgroup, file, question->thread) == 1;
}

/* What is the image's by its layer; what could not be told is not. */
static uint8_t origin_of(struct guard_watch *watch, const struct guard_question *question, const char *path)
{
	if (question->undecided)
		return WIRE_ORIGIN_OTHER;
	return mounts_origin(watch->guard->mounts, &question->mount, &question->status, path);
}

bool guard_exec_hook(struct guard_watch *watch, const struct guard_question *question)
{
	struct guard_request *request;
	char path[PATH_MAX];
	size_t length = guard_path(question, path, sizeof(path));
	struct wire_file file = guard_identity(watch, question);
	bool runs_code = calm_runs_code(watch, question->mount.cgroup, path, &file);
	const char *inner;

	calm_sweep(watch);
	if (runs_code)
		calm_disturb(watch, question);
	if (!question->undecided && is_known(watch, question, &file)) {
		watch->runners[question->thread % GUARD_RUNNERS].thread = 0;
		guard_reply(watch, question->file, true);
		close(question->file);
		return true;
	}
	request = request_new(watch, question->file);
	request->mount = question->mount;
	request->runs_code = runs_code;
	inner = mounts_inner_path(watch->guard->mounts, &question->mount, path);
	request->exec.cgroup = question->mount.cgroup;
	request->exec.path = request_text(request, inner, length - (size_t)(inner - path));
	request->exec.file = file;
	request->exec.origin = origin_of(watch, question, inner);
	request->exec.role = role_of(watch, question, inner);
	if (request->exec.role == GUARD_LOADER && request->exec.origin == WIRE_ORIGIN_IMAGE) {
		request_allow(watch, request); /* judged by its program */
		return true;
	}
	request_describe(watch, request, question->thread, &request->exec.caller);
	request_settle(watch, request);
	return true;
}
