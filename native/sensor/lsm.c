#include "lsm.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

static uint64_t runs_of(int program)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &bytes) ? 0 : info.run_cnt;
}

bool lsm_is_asked(int mapping_checked)
{
	int statistics = bpf_enable_stats(BPF_STATS_RUN_TIME), file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t before = runs_of(mapping_checked);
	void *page = file < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
	bool asked = statistics >= 0 && page != MAP_FAILED && runs_of(mapping_checked) > before;

	if (page != MAP_FAILED)
		munmap(page, 1);
	if (file >= 0)
		close(file);
	if (statistics >= 0)
		close(statistics);
	return asked;
}
