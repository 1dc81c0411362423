#include "hooks.h"

void guard_written_hook(struct guard_watch *watch, const struct guard_question *question)
{
	char path[PATH_MAX];
	struct statx program;

	/* Also what was changed through a mapping, of which the kernel tells nothing else. */
	guard_heed(watch, question->file, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM);
	if (process_program(question->thread, path, sizeof(path)) > 0 &&
	    process_program_file(question->thread, &program))
		writers_note(watch->writers, &question->status, path, program.stx_ino);
}
