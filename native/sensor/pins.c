#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "folders.h"
#include "log.h"
#include "pins.h"

#define OPEN_FOLDERS 8

static int mount_missing(void)
{
	struct statfs about;

	if (statfs(BPFFS, &about) == 0 && about.f_type == BPF_FS_MAGIC)
		return 0;
	return mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700");
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return remove(path);
}

int pins_remove(const char *folder)
{
	if (access(folder, F_OK))
		return 0;
	if (nftw(folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS)) {
		log_line("%s: %s", folder, strerror(errno));
		return -1;
	}
	return 0;
}

void pins_remove_others(const char *place, const char *start, const char *kept)
{
	DIR *folder = opendir(place);
	struct dirent *entry;
	char path[PATH_MAX];

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, start, strlen(start)))
			continue;
		snprintf(path, sizeof(path), "%s/%s", place, entry->d_name);
		if (strcmp(path, kept))
			pins_remove(path);
	}
	closedir(folder);
}

int pins_prepare(const char *folder, unsigned layout, char *place, size_t bytes)
{
	char maps[PATH_MAX];

	if (!strncmp(folder, BPFFS "/", sizeof(BPFFS)) && mount_missing()) {
		log_line("the bpf file system cannot be mounted on %s: %s", BPFFS, strerror(errno));
		return -1;
	}
	snprintf(place, bytes, "%s/L%u", folder, layout);
	snprintf(maps, sizeof(maps), "%s/maps", place);
	if (make_folders(maps)) {
		log_line("%s: %s", maps, strerror(errno));
		return -1;
	}
	pins_remove_others(folder, "L", place);
	return 0;
}
