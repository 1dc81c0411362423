#include <string.h>
#include <unistd.h>

#include "code-file.h"
#include "guard-inner.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* The thread's program named this one as what runs it; through a symbolic link, it may be. */
static bool is_named(const struct guard_runner *runner, const struct guard_question *question, const char *path)
{
	struct statx found;

	if (runner->thread != question->thread)
		return false;
	if (strcmp(last_part(runner->path), last_part(path)) == 0)
		return true;
	return process_stat(question->thread, runner->path, &found) && found.stx_ino == question->status.stx_ino;
}

static uint8_t role_of(struct guard_watch *watch, const struct guard_question *question, const char *path)
{
	struct guard_runner *runner = &watch->runners[question->thread % GUARD_RUNNERS];
	bool named = is_named(runner, question, path);
	bool by_script = runner->script;
	uint8_t head[CODE_HEAD];
	ssize_t got = pread(question->file, head, sizeof(head), 0);
	enum code_start start = code_start_of(question->file, head, got < 0 ? 0 : (size_t)got, runner->path, sizeof(runner->path));

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
static bool is_known(struct guard_watch *watch, const struct guard_question *question)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	struct wire_file file;

	if (cb->knows_exec == NULL || !question->place.overlay || question->status.stx_nlink == 0)
		return false;
	file = places_identity(watch->guard->places, &question->place, &question->status);
	return cb->knows_exec(cb->ctx, question->place.cgroup, &file, question->thread) == 1;
}

void guard_ask_exec(struct guard_watch *watch, const struct guard_question *question)
{
	struct guard_case *matter;
	char path[PATH_MAX];
	size_t length;
	const char *inner;

	if (is_known(watch, question)) {
		watch->runners[question->thread % GUARD_RUNNERS].thread = 0;
		guard_reply(watch, question->file, true);
		close(question->file);
		return;
	}
	matter = case_new(watch, question->file);
	if (matter == NULL) {
		guard_reply(watch, question->file, true);
		guard_tell_loss(watch->guard, question->place.cgroup, 1);
		close(question->file);
		return;
	}
	length = guard_path(watch, question, path, sizeof(path));
	inner = places_inner_path(watch->guard->places, &question->place, path);
	matter->exec.cgroup = question->place.cgroup;
	matter->exec.path = case_text(matter, inner, length - (size_t)(inner - path));
	matter->exec.file = places_identity(watch->guard->places, &question->place, &question->status);
	matter->exec.origin = places_origin(watch->guard->places, &question->place, &question->status, inner);
	matter->exec.role = role_of(watch, question, inner);
	if (matter->exec.role == GUARD_LOADER && matter->exec.origin == WIRE_ORIGIN_IMAGE) {
		case_allow(watch, matter); /* judged by its program */
		return;
	}
	guard_describe(watch, matter, question->thread, &matter->exec.caller);
	case_settle(watch, matter);
}
