#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *request_text(struct guard_request *request, const char *text, size_t length)
{
	char *place = request->texts + request->used;

	if (request->used + length + 1 > sizeof(request->texts))
		return "";
	memcpy(place, text, length);
	place[length] = '\0';
	request->used += length + 1;
	return place;
}

struct guard_request *request_spare(void)
{
	return malloc(sizeof(struct guard_request));
}

struct guard_request *request_new(struct guard_watch *watch, int file)
{
	struct guard_request *request = watch->spare;

	memset(request, 0, offsetof(struct guard_request, texts));
	watch->spare = NULL;
	request->file = file;
	request->image_file = -1;
	request->state = REQUEST_ASKED;
	return request;
}

void request_free(struct guard_watch *watch, struct guard_request *request)
{
	if (request->file >= 0)
		close(request->file);
	if (request->image_file >= 0)
		close(request->image_file);
	if (watch->spare == NULL)
		watch->spare = request;
	else
		free(request);
}

void request_drop(struct guard_watch *watch, struct guard_request *request)
{
	request->file = -1;
	request_free(watch, request);
}

void request_describe(struct guard_watch *watch, struct guard_request *request, uint32_t thread,
		      struct guard_process *process)
{
	struct guard_program program;

	guard_program_of(watch, thread, &program);
	process->thread = thread;
	process->pid = process_of(thread);
	process->path = request_text(request, program.path, strlen(program.path));
	process->origin = program.origin;
	process->session = program.session;
	process->file = program.file;
}

void requests_drop(struct guard_watch *watch)
{
	while (watch->waiting != NULL) {
		struct guard_request *request = watch->waiting;

		watch->waiting = request->next;
		if (request->file >= 0)
			close(request->file);
		if (request->image_file >= 0)
			close(request->image_file);
		free(request);
	}
	free(watch->spare);
	watch->spare = NULL;
	watch->waiting_count = 0;
	watch->looking_count = 0;
	memset(watch->shares, 0, sizeof(watch->shares));
}
