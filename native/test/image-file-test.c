/* The image's own file at a path, in layers that are folders: nothing beside them is found, and only so much is looked at. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../sensor/guard/find-file.h"
#include "../sensor/guard/image-file.h"
#include "../sensor/guard/marked.h"
#include "../sensor/guard/mounts.h"
#include "expect.h"

#define DEVICE 7

static char root[] = "/tmp/seawall-image-file.XXXXXX";
static struct guard_mounts *mounts;
static const struct guard_mount mount = { .device = DEVICE, .overlay = true };

int find_open(uint32_t thread, const char *path)
{
	(void)thread;
	(void)path;
	return -1;
}

/* Writes a file below the root, with its folders. */
static void put(const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = 0;
		mkdir(path, 0700);
	}
	file = fopen(path, "w");
	EXPECT(file && fputs("x", file) >= 0 && fclose(file) == 0);
}

static void mark(char *lowers)
{
	struct marked *marked = calloc(1, sizeof(*marked));

	*marked = (struct marked){ .key = DEVICE,
				   .overlay_root = true,
				   .device = DEVICE,
				   .overlay = { .lowers = lowers, .base = strdup(root) } };
	mounts->buckets[DEVICE % MARKED_BUCKETS] = marked;
}

static bool finds_in(const char *path, unsigned *steps)
{
	struct wire_file identity;
	int file = mounts_open_image(mounts, &mount, path, steps, &identity);

	if (file >= 0)
		close(file);
	return file >= 0;
}

static bool finds(const char *path)
{
	unsigned steps = MOUNTS_IMAGE_STEPS;

	return finds_in(path, &steps);
}

static void stays_in_layers(void)
{
	EXPECT(finds("/srv/page.twig") && finds("/srv/in/low.twig") && !finds("/srv/none.twig"));
	EXPECT(!finds("/../upper/tmp/x.twig") && !finds("/srv/../../upper/tmp/x.twig"));
	EXPECT(!finds("/../top/srv/page.twig") && !finds("/srv/../srv/page.twig"));
	EXPECT(!finds("/./srv/page.twig") && !finds("/srv/./page.twig") && !finds("//srv/page.twig"));
	EXPECT(!finds("/srv/..") && !finds("/srv/.") && !finds("/srv/") && !finds("/") && !finds("srv/page.twig"));
	EXPECT(finds("/srv/..page") && finds("/srv/.page") && finds("/.../page"));
}

static void takes_so_many_steps(void)
{
	unsigned steps = 3;

	/* A layer and each component are a step. */
	EXPECT(finds_in("/srv/page.twig", &steps) && steps == 0);
	EXPECT(!finds_in("/srv/page.twig", &steps) && steps == 0);
	steps = 2;
	EXPECT(!finds_in("/srv/page.twig", &steps) && steps == 0);
	/* What the upper of two layers cannot tell any more, the lower one does not either. */
	for (unsigned given = 0; given < 8; given++) {
		steps = given;
		EXPECT(finds_in("/srv/in/low.twig", &steps) == (given >= 7));
	}
	steps = 100;
	for (int again = 0; again < 40; again++)
		finds_in("/srv/in/none.twig", &steps);
	EXPECT(steps == 0 && !finds_in("/srv/page.twig", &steps));
}

int main(void)
{
	char remove[64];

	EXPECT(mkdtemp(root));
	put("top/srv/page.twig");
	put("top/srv/..page");
	put("top/srv/.page");
	put("bottom/srv/in/low.twig");
	put("bottom/.../page");
	put("upper/tmp/x.twig");
	mounts = mounts_open();
	mark(strdup("top:bottom"));
	stays_in_layers();
	takes_so_many_steps();
	mounts_close(mounts);
	snprintf(remove, sizeof(remove), "rm -r %s", root);
	EXPECT(system(remove) == 0);
	puts("the image's own file is looked for in its layers");
	return 0;
}
