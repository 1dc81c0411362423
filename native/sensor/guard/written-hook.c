#include "written-hook.h"

void guard_written_hook(struct guard_watch *watch, const struct guard_question *question)
{
	struct guard_program program;
	struct wire_file file;
	char path[PATH_MAX];

	/* Also what was changed through a mapping, of which the kernel tells nothing else. */
	guard_heed(watch, question->file, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM);
	if (!guard_program_of(watch, question->thread, &program) || program.file.inode == 0)
		return;
	file = guard_identity(watch, question);
	guard_path(question, path, sizeof(path));
	writers_note(watch->writers,
		     &(struct writing){ .cgroup = question->mount.cgroup,
					.file = &file,
					.path = mounts_inner_path(watch->guard->mounts, &question->mount, path),
					.program = program.path,
					.program_inode = program.file.inode,
					.flags = guard_writing_flags(program.origin, program.session) });
}
