#include "proof.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image-file.h"
#include "waiting.h"

#define CAPABILITY_BYTES 64

static bool put(struct guard_watch *watch, struct guard_request *request, uint64_t time)
{
	request->job.file = request->file;
	request->job.identity = *request_file(request);
	request->job.cgroup = request_cgroup(request);
	if (watch->hasher == NULL || !waiting_has_room(watch, request) || !hasher_put(watch->hasher, &request->job))
		return false;
	request->hashing = true;
	request->state = REQUEST_HELD;
	request->due = steady_now() + time;
	return true;
}

/* Whether it would run with more rights than the image's file. */
static bool has_more_rights(const struct guard_request *request, const struct wire_file *image)
{
	uint32_t bits = request_file(request)->mode & (S_ISUID | S_ISGID);
	char own[CAPABILITY_BYTES], other[CAPABILITY_BYTES], name[64];
	ssize_t got = fgetxattr(request->file, "security.capability", own, sizeof(own)), there;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", request->image_file);
	there = got <= 0 ? 0 : getxattr(name, "security.capability", other, sizeof(other));
	return (bits & ~image->mode) != 0 || (got > 0 && (there != got || memcmp(own, other, (size_t)got) != 0));
}

/* What has another size is another file: that costs no reading. */
static bool has_image_file(struct guard_watch *watch, struct guard_request *request)
{
	const char *path = request->code ? request->asked.path : request->exec.path;
	struct guard_copy *copy = request_copy(request);
	unsigned steps = MOUNTS_IMAGE_STEPS;

	request->image_file = mounts_open_image(watch->guard->mounts, &request->mount, path, &steps, &copy->image);
	if (request->image_file >= 0 && copy->image.size == request_file(request)->size &&
	    !has_more_rights(request, &copy->image))
		return true;
	copy->known = 1;
	return false;
}

static bool compare(struct guard_watch *watch, struct guard_request *request)
{
	struct guard_copy *copy = request_copy(request);

	if (!(request->answer.flags & GUARD_ANSWER_BY_COPY) || copy->known || copy->late ||
	    !has_image_file(watch, request))
		return false;
	request->job = (struct hash_job){
		.compares = true, .image_file = request->image_file, .copy = copy, .compared = { .image = copy->image }
	};
	if (put(watch, request, GUARD_COPY_MS * GUARD_MILLISECOND))
		return true;
	copy->late = 1;
	return false;
}

static bool hash(struct guard_watch *watch, struct guard_request *request)
{
	if (!(request->answer.flags & GUARD_ANSWER_BY_DIGEST) || request_digest(request)->known ||
	    request->job.digest != NULL)
		return false;
	request->job = (struct hash_job){ .digest = request_digest(request) };
	return put(watch, request, __atomic_load_n(&watch->guard->budget, __ATOMIC_RELAXED));
}

bool proof_begin(struct guard_watch *watch, struct guard_request *request)
{
	return compare(watch, request) || hash(watch, request);
}

void proof_end(struct guard_request *request)
{
	request->hashing = false;
	if (!request->job.compares)
		return;
	request_copy(request)->known = 1; /* as another file where nothing was found out */
	close(request->image_file);
	request->image_file = -1;
}

void proof_late(struct guard_request *request)
{
	if (request->answer.flags & GUARD_ANSWER_BY_COPY)
		request_copy(request)->late = !request_copy(request)->known;
}
