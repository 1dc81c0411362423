/* Overlays against the layers of an image, in a folder like an engine's. */
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../runtime-wrapper/layers.h"
#include "expect.h"

#define IMAGE "sha256:11111111111111111111111111111111111111111111111111111111111111aa"
#define CONFIG "sha256:22222222222222222222222222222222222222222222222222222222222222bb"
#define TOP "sha256:33333333333333333333333333333333333333333333333333333333333333cc"
#define BOTTOM "sha256:44444444444444444444444444444444444444444444444444444444444444dd"

static char root[] = "/tmp/seawall-layers.XXXXXX";
static unsigned cases;

/* Writes a file below the root, with its folders; an empty text makes a folder. */
static void put(const char *name, const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = 0;
		mkdir(path, 0700);
	}
	if (!text[0]) {
		mkdir(path, 0700);
		return;
	}
	file = fopen(path, "w");
	EXPECT(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* Every `@` stands for the root. */
static void fill(char *to, size_t room, const char *text)
{
	size_t used = 0;

	for (; *text; text++) {
		int wrote = *text == '@' ? snprintf(to + used, room - used, "%s", root)
					 : snprintf(to + used, room - used, "%c", *text);

		used += (size_t)wrote;
		EXPECT(used < room);
	}
}

static bool of_overlay2(const char *image, const char *options)
{
	json_t *config = json_pack("{s:s}", "Image", image);
	struct engine_record record = { .root = root, .id = "one", .config = config };
	char filled[8192], wrong[WRONG_BYTES];
	bool is_so;

	fill(filled, sizeof(filled), options);
	is_so = is_of_overlay2(&record, filled, "mount", wrong);
	json_decref(config);
	cases++;
	return is_so;
}

static void make_overlay2(void)
{
	static const char *const folders[] = { "mount", "mount-init", "top", "bottom", "other" };
	char name[256], target[256];

	for (size_t at = 0; at < sizeof(folders) / sizeof(*folders); at++) {
		snprintf(name, sizeof(name), "overlay2/%s/diff", folders[at]);
		put(name, "");
		put("overlay2/l", "");
		snprintf(name, sizeof(name), "%s/overlay2/l/%c%s", root, folders[at][0] - 32, at == 1 ? "I" : "");
		snprintf(target, sizeof(target), "../%s/diff", folders[at]);
		EXPECT(symlink(target, name) == 0);
	}
	put("image/overlay2/layerdb/mounts/one/init-id", "mount-init");
	put("image/overlay2/layerdb/mounts/one/parent", TOP);
	put("image/overlay2/layerdb/sha256/33333333333333333333333333333333333333333333333333333333333333cc/cache-id",
	    "top");
	put("image/overlay2/layerdb/sha256/33333333333333333333333333333333333333333333333333333333333333cc/diff",
	    "sha256:t");
	put("image/overlay2/layerdb/sha256/33333333333333333333333333333333333333333333333333333333333333cc/parent",
	    BOTTOM);
	put("image/overlay2/layerdb/sha256/44444444444444444444444444444444444444444444444444444444444444dd/cache-id",
	    "bottom");
	put("image/overlay2/layerdb/sha256/44444444444444444444444444444444444444444444444444444444444444dd/diff",
	    "sha256:b");
	put("image/overlay2/imagedb/content/sha256/11111111111111111111111111111111111111111111111111111111111111aa",
	    "{\"rootfs\":{\"diff_ids\":[\"sha256:b\",\"sha256:t\"]}}");
	put("image/overlay2/imagedb/content/sha256/22222222222222222222222222222222222222222222222222222222222222bb",
	    "{\"rootfs\":{\"diff_ids\":[\"sha256:t\",\"sha256:b\"]}}");
	put("image/overlay2/imagedb/content/sha256/44444444444444444444444444444444444444444444444444444444444444dd",
	    "{\"rootfs\":{\"diff_ids\":[\"sha256:a\",\"sha256:b\",\"sha256:t\"]}}");
}

static void try_overlay2(void)
{
	const char *whole =
		"rw,lowerdir=@/overlay2/l/MI:@/overlay2/l/T:@/overlay2/l/B,upperdir=@/overlay2/mount/diff,workdir=@/w";

	EXPECT(of_overlay2(IMAGE, whole));
	EXPECT(of_overlay2(IMAGE, "lowerdir=l/MI:l/T:l/B,upperdir=mount/diff,workdir=w"));
	EXPECT(of_overlay2(IMAGE, "lowerdir=@/overlay2/mount-init/diff:l/T:l/B,upperdir=mount/diff"));
	/* An image that the engine no longer has: its layers are the container's all the same. */
	EXPECT(of_overlay2(TOP, whole));
	EXPECT(!of_overlay2(TOP, "lowerdir=l/MI:l/T:l/O,upperdir=mount/diff"));
	EXPECT(!of_overlay2(CONFIG, whole)); /* another image */
	EXPECT(!of_overlay2(BOTTOM, whole)); /* one with more layers */
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/B:l/T,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/T,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/T:l/B:l/O,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/O:l/MI:l/T:l/B,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/T:l/B,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/T:l/B,upperdir=other/diff"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/T:l/B"));
	EXPECT(!of_overlay2(IMAGE, "lowerdir=l/MI:l/T:/nowhere,upperdir=mount/diff"));
	EXPECT(!of_overlay2(IMAGE, "rw,relatime"));
	EXPECT(!of_overlay2(IMAGE, ""));
}

static bool of_snapshots(const char *image, const char *options)
{
	json_t *config = json_pack("{s:s,s:{s:s}}", "Image", TOP, "ImageManifest", "digest", image);
	struct engine_record record = { .root = root, .id = "one", .config = config };
	char filled[8192], wrong[WRONG_BYTES];
	bool is_so;

	fill(filled, sizeof(filled), options);
	is_so = is_of_snapshots(&record, filled, wrong);
	json_decref(config);
	cases++;
	return is_so;
}

static void try_snapshots(void)
{
#define STORE "@/c/io.containerd.snapshotter.v1.overlayfs/snapshots"
	put("c/io.containerd.content.v1.content/blobs/sha256/11111111111111111111111111111111111111111111111111111111111111aa",
	    "{\"config\":{\"digest\":\"" CONFIG "\"}}");
	put("c/io.containerd.content.v1.content/blobs/sha256/22222222222222222222222222222222222222222222222222222222222222bb",
	    "{\"rootfs\":{\"diff_ids\":[\"sha256:b\",\"sha256:t\"]}}");
	EXPECT(of_snapshots(IMAGE, "lowerdir=" STORE "/9/fs:" STORE "/2/fs:" STORE "/1/fs,upperdir=" STORE "/10/fs"));
	EXPECT(of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:1/fs,upperdir=" STORE "/10/fs"));
	/* What a manifest that is not here says is not known. */
	EXPECT(of_snapshots(TOP, "lowerdir=9/fs:1/fs,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:1/fs,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:3/fs:2/fs:1/fs,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:/tmp,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:1/fs/etc,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:../snapshots/../x,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(
		IMAGE, "lowerdir=9/fs:2/fs:@/d/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs,upperdir=" STORE
		       "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:1/fs,upperdir=@/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:1/fs,upperdir=" STORE "/x/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:" STORE "//fs,upperdir=" STORE "/10/fs"));
	EXPECT(!of_snapshots(IMAGE, "lowerdir=9/fs:2/fs:1/fs"));
	EXPECT(!of_snapshots(IMAGE, ""));
}

int main(void)
{
	char remove[64];

	EXPECT(mkdtemp(root));
	make_overlay2();
	try_overlay2();
	try_snapshots();
	snprintf(remove, sizeof(remove), "rm -r %s", root);
	EXPECT(system(remove) == 0);
	printf("%u overlays\n", cases);
	return 0;
}
