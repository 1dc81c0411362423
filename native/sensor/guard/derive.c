#include "derive.h"

#include <fcntl.h>
#include <unistd.h>

#include "code-file.h"
#include "derivation-rules.h"
#include "held-call.h"
#include "image-file.h"

bool derive_is_own(const struct guard_code *code, const struct written *written)
{
	return written != NULL && written->program_inode != 0 && written->program_inode == code->opener.file.inode &&
	       !(written->flags & WRITTEN_OUTSIDE);
}

struct finding {
	struct guard_mounts *mounts;
	const struct guard_mount *mount;
	unsigned steps; /* that are left of the question's */
};

static bool find_source(void *ctx, const char *path, struct derivation_source *source)
{
	struct finding *finding = ctx;
	struct wire_file identity;
	struct statx status;
	int file = mounts_open_image(finding->mounts, finding->mount, path, &finding->steps, &identity);
	bool found = file >= 0 && statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0;

	if (file >= 0)
		close(file);
	if (found)
		*source = (struct derivation_source){ status.stx_size, status.stx_mtime.tv_sec };
	return found;
}

/* Made where it lies, by one program of the image from its first byte on, under no other name, and nobody writes to it now. */
static bool is_made_there(struct guard_watch *watch, const struct guard_question *question,
			  const struct guard_code *code)
{
	const struct written *written = writers_of(watch->writers, &code->file);

	return derive_is_own(code, written) && written->flags == 0 && code->opener.origin == WIRE_ORIGIN_IMAGE &&
	       written->folder == writers_folder(code->path) && question->status.stx_nlink == 1 &&
	       held_file_change(question->file) == HELD_STILL;
}

static bool is_product(struct guard_watch *watch, const struct guard_question *question, const struct guard_code *code,
		       struct derivation_product *product, unsigned languages)
{
	struct finding finding = { watch->guard->mounts, &question->mount, MOUNTS_IMAGE_STEPS };
	size_t count;
	const struct derivation *rules = derivations(&count);

	for (size_t at = 0; at < count; at++)
		if ((rules[at].language & languages) != 0 && is_made_there(watch, question, code) &&
		    derivation_holds(&rules[at], product, find_source, &finding))
			return true;
	return false;
}

void derive_judge(struct guard_watch *watch, const struct guard_question *question, struct guard_code *code,
		  unsigned languages)
{
	uint8_t head[DERIVATION_HEAD], tail[DERIVATION_HEAD];
	struct derivation_product product = { .path = code->path, .head = head };
	uint64_t size = question->status.stx_size;
	ssize_t got = pread(question->file, head, sizeof(head), 0);
	struct code_file file;

	product.head_length = got < 0 ? 0 : (size_t)got;
	if (size > sizeof(head)) {
		got = pread(question->file, tail, sizeof(tail), (off_t)(size - sizeof(tail)));
		product.tail = tail;
		product.tail_length = got < 0 ? 0 : (size_t)got;
	}
	file = code_file_of(code->path, head, product.head_length);
	if (file.compiled && file.languages == CODE_PYTHON)
		code->flags &= ~(uint32_t)GUARD_CODE_SAME_PROGRAM;
	if (question->mount.overlay && !(code->flags & GUARD_CODE_ARGUMENT) &&
	    is_product(watch, question, code, &product, languages))
		code->flags |= GUARD_CODE_DERIVED;
}
