#include "code-hook.h"

#include <string.h>
#include <unistd.h>

#include "calm.h"
#include "code-file.h"
#include "command.h"
#include "derive.h"
#include "find-file.h"
#include "held-call.h"
#include "origin.h"
#include "settle.h"

/* A file that is asked about. */
struct naming {
	const struct guard_question *question;
	const char *path;    /* in the container */
	const char *given;   /* by the opener; empty where it cannot be read */
	const char *program; /* of the opener */
};

static bool is_same(const struct statx *one, const struct statx *other)
{
	return one->stx_ino == other->stx_ino && PROCESS_DEVICE(one) == PROCESS_DEVICE(other);
}

/* The opener asked for the very path of this word, or for one that ends so. Where either leads may have been changed since. */
static bool is_given(const char *given, const char *word)
{
	size_t length, whole = strlen(given);

	if (strstr(word, "..") != NULL)
		word = code_last_part(word);
	while (word[0] == '.' && word[1] == '/')
		word += 2;
	length = strlen(word);
	if (length == 0 || length > whole || strcmp(given + whole - length, word) != 0)
		return false;
	return length == whole || word[0] == '/' || given[whole - length - 1] == '/';
}

/* Looks at a word of the opener's as the opener would find it. */
static bool is_this_file(void *ctx, const char *word)
{
	const struct naming *naming = ctx;
	struct statx found;

	if (is_given(naming->given, word))
		return true;
	if (find_status(naming->question->thread, word, &found))
		return S_ISREG(found.stx_mode) && is_same(&found, &naming->question->status);
	return strchr(word, '/') == NULL &&
	       strcmp(word, code_last_part(naming->path)) == 0; /* found by PATH, perhaps */
}

static bool is_in_variables(struct naming *naming, char *words, size_t size)
{
	size_t length = process_environment(naming->question->thread, words, size);

	for (size_t at = 0; at < length; at += strlen(words + at) + 1)
		if (command_is_variable(words + at) &&
		    command_loads(words + at, strlen(words + at), is_this_file, naming))
			return true;
	return length + 1 >= size;
}

/* Whether the opener is told to run this file. One with more words than are read may be told anything. */
static bool is_named(struct guard_watch *watch, struct naming *naming, unsigned languages, size_t length)
{
	char *words = watch->words;
	size_t first = code_name_length(naming->program, words, length);

	if (command_runs(languages, words + first, length - first, is_this_file, naming))
		return true;
	if (length + 1 >= GUARD_WORDS)
		return true;
	return (languages & CODE_JVM) && is_in_variables(naming, words, GUARD_WORDS);
}

static unsigned opener_languages(struct guard_watch *watch, const struct guard_code *code, const char *words,
				 size_t length)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	unsigned languages = code_languages_of(code->opener.path, words, length);

	if (code_is_loader(code_last_part(code->opener.path)))
		return CODE_ANY;
	if (languages == 0 && cb->runs_code != NULL && cb->runs_code(cb->ctx, code->cgroup, &code->opener.file) == 1)
		languages = CODE_ANY;
	return languages;
}

enum decision { LET_THROUGH, ASK, LOOK_LATER };

/* A library is judged when the dynamic loader opens it, which shows by where the call came from. */
static enum decision decide_library(const struct guard_question *question, const struct held_call *call)
{
	enum process_loader loader = process_in_loader(question->thread, call->instruction);

	if (loader == PROCESS_LOADER_GLIBC || (loader == PROCESS_LOADER_MUSL && held_call_opens(call).closes_on_exec))
		return ASK;
	return LOOK_LATER;
}

/* What is no library to the opener: data to it, or code that it runs itself, whatever else the file looks like. */
static enum decision decide_source(struct guard_watch *watch, const struct guard_question *question,
				   struct guard_code *code, const struct code_file *file)
{
	struct naming naming = { question, code->path, watch->given, code->opener.path };
	size_t length = process_arguments(question->thread, watch->words, GUARD_WORDS);
	unsigned languages = opener_languages(watch, code, watch->words, length);

	/* Data, whatever it holds: an interpreter may be told to run it. */
	if (languages == 0) {
		if (file->kind == 0 && !file->library && question->status.stx_size > 0)
			calm_note(watch, question);
		return LET_THROUGH;
	}
	if (file->kind != 0 && (file->languages & languages) != 0) {
		if (!file->compiled)
			code->flags &= ~(uint32_t)GUARD_CODE_SAME_PROGRAM;
		return ASK;
	}
	if (!is_named(watch, &naming, languages, length))
		return LET_THROUGH;
	code->kind = (languages & CODE_JVM) ? WIRE_CODE_JAVA : WIRE_CODE_SCRIPT;
	code->flags = (code->flags & ~(uint32_t)GUARD_CODE_SAME_PROGRAM) | GUARD_CODE_ARGUMENT;
	return ASK;
}

static enum decision decide(struct guard_watch *watch, const struct guard_question *question, struct guard_code *code,
			    const struct held_call *call)
{
	uint8_t head[CODE_HEAD];
	ssize_t got = pread(question->file, head, sizeof(head), 0);
	struct code_file file = code_file_of(code->path, head, got < 0 ? 0 : (size_t)got);
	struct code_file given = code_file_of(watch->given, head, got < 0 ? 0 : (size_t)got);
	enum decision decision;

	/* It has the name by which it was opened, whatever it is called since. */
	if (given.kind != 0) {
		file.kind = file.kind != 0 ? file.kind : given.kind;
		file.languages |= given.languages;
		file.compiled &= given.compiled;
	}
	code->kind = WIRE_CODE_LIBRARY;
	if (file.library && decide_library(question, call) == ASK)
		return ASK;
	code->kind = file.kind;
	decision = decide_source(watch, question, code, &file);
	if (decision != LET_THROUGH || !file.library)
		return decision;
	code->kind = WIRE_CODE_LIBRARY;
	return LOOK_LATER;
}

static void note_writer(struct guard_watch *watch, const struct guard_code *code)
{
	const struct writing writing = {
		.cgroup = code->cgroup,
		.file = &code->file,
		.path = code->path,
		.program = code->opener.path,
		.program_inode = code->opener.file.inode,
		.flags = guard_writing_flags(code->opener.origin, code->opener.session),
	};

	writers_note(watch->writers, &writing);
}

static void judge_writer(struct guard_watch *watch, const struct guard_question *question, struct guard_code *code)
{
	size_t length = process_arguments(question->thread, watch->words, GUARD_WORDS);

	derive_judge(watch, question, code, opener_languages(watch, code, watch->words, length));
}

/* A file that is not the image's. False when the caller's call or its arguments cannot be read now. */
static bool ask(struct guard_watch *watch, const struct guard_question *question, struct guard_request *request)
{
	struct guard_code *code = &request->asked;
	struct held_call call;
	struct held_open open;
	const struct written *written;

	if (!held_call_read(question->thread, &call))
		return false;
	open = held_call_opens(&call);
	request_describe(watch, request, question->thread, &code->opener);
	if (open.writes || open.exec) {
		if (open.writes)
			note_writer(watch, code);
		request_allow(watch, request); /* execution is the other question */
		return true;
	}
	if (call.crowded)
		return false;
	held_call_path(&call, watch->given, sizeof(watch->given));
	written = writers_of(watch->writers, &code->file);
	if (derive_is_own(code, written))
		code->flags |= GUARD_CODE_SAME_PROGRAM; /* unless it turns out to be source */
	code->writer = written == NULL ? "" : request_text(request, written->program, strlen(written->program));
	switch (decide(watch, question, code, &call)) {
	case ASK:
		if (code->kind != WIRE_CODE_LIBRARY)
			judge_writer(watch, question, code);
		if (process_outside(question->thread))
			request_allow(watch, request);
		else
			request_settle(watch, request);
		break;
	case LOOK_LATER:
		request_look_later(watch, request);
		break;
	case LET_THROUGH:
		request_allow(watch, request);
		break;
	}
	return true;
}

/* What could not be told in time: code that is not the image's. */
static void ask_undecided(struct guard_watch *watch, const struct guard_question *question,
			  struct guard_request *request)
{
	request->asked.kind = WIRE_CODE_SCRIPT;
	request->asked.writer = "";
	request_describe(watch, request, question->thread, &request->asked.opener);
	request_settle(watch, request);
}

static bool is_image_file(struct guard_watch *watch, const struct guard_question *question, const char *path,
			  uint8_t *origin)
{
	*origin = question->undecided ? WIRE_ORIGIN_OTHER
				      : mounts_origin(watch->guard->mounts, &question->mount, &question->status, path);
	return *origin == WIRE_ORIGIN_IMAGE;
}

static bool allow(struct guard_watch *watch, const struct guard_question *question)
{
	guard_reply(watch, question->file, true);
	close(question->file);
	return true;
}

bool guard_code_hook(struct guard_watch *watch, const struct guard_question *question)
{
	struct guard_request *request;
	char path[PATH_MAX];
	size_t length;
	const char *inner;
	uint8_t origin;

	if (!question->undecided && !S_ISREG(question->status.stx_mode))
		return allow(watch, question);
	length = guard_path(question, path, sizeof(path));
	inner = mounts_inner_path(watch->guard->mounts, &question->mount, path);
	if (is_image_file(watch, question, inner, &origin)) {
		guard_ignore(watch, question->file, FAN_OPEN_PERM);
		return allow(watch, question);
	}
	request = request_new(watch, question->file);
	request->code = true;
	request->mount = question->mount;
	request->asked.cgroup = question->mount.cgroup;
	request->asked.path = request_text(request, inner, length - (size_t)(inner - path));
	request->asked.file = guard_identity(watch, question);
	request->asked.origin = origin;
	request->asked.argv = "";
	if (question->undecided)
		ask_undecided(watch, question, request);
	else if (!ask(watch, question, request)) {
		request_drop(watch, request);
		return false;
	}
	return true;
}
