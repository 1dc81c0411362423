#include <string.h>
#include <unistd.h>

#include "code-file.h"
#include "held-call.h"
#include "hooks.h"
#include "request.h"

#define ARGUMENTS_SIZE 4096

static bool is_same(const struct statx *one, const struct statx *other)
{
	return one->stx_ino == other->stx_ino && PROCESS_DEVICE(one) == PROCESS_DEVICE(other);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* The file is what an interpreter is told to run: its first argument that names a file, unless the code itself is an
 * argument. */
static bool is_script_argument(const struct guard_question *question, unsigned languages, const char *words, size_t length)
{
	struct statx found;
	size_t at = strlen(words) + 1;
	bool awk = languages == CODE_AWK; /* its code is the argument, but for `-f FILE` */

	for (; at < length; at += strlen(words + at) + 1) {
		const char *word = words + at;

		if (code_is_argument(languages, word))
			return false;
		if (awk && strcmp(word, "-f") != 0)
			continue;
		awk = false;
		if (word[0] == '\0' || (word[0] == '-' && word[1] != '\0'))
			continue;
		if (!process_stat(question->thread, word, &found) || !S_ISREG(found.stx_mode))
			continue;
		return is_same(&found, &question->status);
	}
	return false;
}

/* The file is in a JVM's arguments, alone or within a class path. */
static bool is_archive_argument(const struct guard_question *question, const char *path, char *words, size_t length)
{
	struct statx found;
	const char *name = last_part(path);

	for (size_t at = 0; at < length; at++)
		if (words[at] == ':' || words[at] == '=')
			words[at] = '\0';
	for (size_t at = 0; at < length; at += strlen(words + at) + 1)
		if (strcmp(last_part(words + at), name) == 0 && process_stat(question->thread, words + at, &found) &&
		    is_same(&found, &question->status))
			return true;
	return false;
}

static unsigned opener_languages(struct guard_watch *watch, const struct guard_code *code, const char *words,
				 size_t length)
{
	const struct guard_callbacks *cb = &watch->guard->cb;
	unsigned languages = code_languages_of(code->opener.path, words, length);

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

static enum decision decide(struct guard_watch *watch, const struct guard_question *question, struct guard_code *code,
			    const struct held_call *call)
{
	uint8_t head[CODE_HEAD];
	char words[ARGUMENTS_SIZE];
	ssize_t got = pread(question->file, head, sizeof(head), 0);
	struct code_file file = code_file_of(code->path, head, got < 0 ? 0 : (size_t)got);
	unsigned languages;
	size_t length;

	code->kind = file.kind;
	if (file.text)
		code->flags &= ~(uint32_t)GUARD_CODE_SAME_PROGRAM;
	if (file.kind == WIRE_CODE_LIBRARY)
		return decide_library(question, call);
	length = process_arguments(question->thread, words, sizeof(words));
	languages = opener_languages(watch, code, words, length);
	if (languages == 0) {
		/* Data that a program reads. What could be a script is asked again each time, unless it is read calmly. */
		bool data = file.kind == 0 && !file.zip &&
			    (!file.text || writers_calm(watch->writers, &question->status, question->thread, guard_now()));

		if (data && question->status.stx_size > 0)
			guard_ignore(watch, question->file, FAN_OPEN_PERM);
		return LET_THROUGH;
	}
	if (file.kind != 0 && (file.languages & languages) != 0)
		return ASK;
	if ((languages & CODE_JVM) && file.zip && is_archive_argument(question, code->path, words, length)) {
		code->kind = WIRE_CODE_JAVA;
	} else if (is_script_argument(question, languages, words, length)) {
		code->kind = languages == CODE_JVM ? WIRE_CODE_JAVA : WIRE_CODE_SCRIPT;
	} else {
		return LET_THROUGH;
	}
	code->flags |= GUARD_CODE_ARGUMENT;
	return ASK;
}

static void note_writer(struct guard_watch *watch, const struct guard_question *question, const struct guard_process *by)
{
	writers_note(watch->writers, &question->status, by->path, by->file.inode);
}

/* A file that is not the image's. False when the caller's call cannot be read now. */
static bool ask(struct guard_watch *watch, const struct guard_question *question, struct guard_request *request)
{
	struct guard_code *code = &request->asked;
	struct held_call call;
	struct held_open open;
	uint64_t writer_inode;

	if (!held_call_read(question->thread, &call))
		return false;
	open = held_call_opens(&call);
	request_describe(watch, request, question->thread, &code->opener);
	if (open.writes || open.exec) {
		if (open.writes)
			note_writer(watch, question, &code->opener);
		request_allow(watch, request); /* execution is the other question */
		return true;
	}
	code->writer = writers_of(watch->writers, &question->status, &writer_inode);
	if (writer_inode != 0 && writer_inode == code->opener.file.inode)
		code->flags |= GUARD_CODE_SAME_PROGRAM; /* unless it turns out to be source */
	code->writer = request_text(request, code->writer, strlen(code->writer));
	switch (decide(watch, question, code, &call)) {
	case ASK:
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
static void ask_undecided(struct guard_watch *watch, const struct guard_question *question, struct guard_request *request)
{
	request->asked.kind = WIRE_CODE_SCRIPT;
	request->asked.writer = "";
	request_describe(watch, request, question->thread, &request->asked.opener);
	request_settle(watch, request);
}

static bool is_image_file(struct guard_watch *watch, const struct guard_question *question, const char *path, uint8_t *origin)
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
	request->asked.cgroup = question->mount.cgroup;
	request->asked.path = request_text(request, inner, length - (size_t)(inner - path));
	request->asked.file = mounts_identity(watch->guard->mounts, &question->mount, &question->status);
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
