#include "places.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "log.h"

#define BTF "/sys/kernel/btf/vmlinux"

static bool is_engine_root(const char *path)
{
	struct stat about;

	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		return true;
	log_line("--engine-root %s is no folder here, so no container would be seen: give the folder that "
		 "`docker info -f '{{.DockerRootDir}}'` tells",
		 path);
	return false;
}

static bool is_cgroup2(const char *path)
{
	struct statfs about;

	if (!path) {
		log_line("no cgroup2 is mounted: mount one (mount -t cgroup2 none /sys/fs/cgroup/unified), "
			 "or give its place with --cgroup2");
		return false;
	}
	if (statfs(path, &about) == 0 && about.f_type == CGROUP2_SUPER_MAGIC)
		return true;
	log_line("--cgroup2 %s is no cgroup2 file system: leave the option out, or give one that "
		 "`findmnt -t cgroup2` shows",
		 path);
	return false;
}

/* Every program is fitted to the running kernel by its types. */
static bool has_btf(void)
{
	if (access(BTF, R_OK) == 0)
		return true;
	log_line("this kernel has no BTF (" BTF ": %s), so no program can be loaded: boot a kernel built with "
		 "CONFIG_DEBUG_INFO_BTF=y, as those of Debian, Ubuntu and Fedora are",
		 strerror(errno));
	return false;
}

bool places_are_sound(const char *engine_root, const char *cgroup2)
{
	return has_btf() && is_cgroup2(cgroup2) && is_engine_root(engine_root);
}
