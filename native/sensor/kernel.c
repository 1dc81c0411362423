/* Loads the programs, each as far as this kernel has what it needs, and pins them so that they outlive the sensor. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel.h"
#include "log.h"
#include "lsm.h"
#include "map-put.h"
#include "pins.h"
#include "sensor.skel.h"

#define NAME_BYTES 64
#define REASON_BYTES 256
#define NS 1000000000ULL
#define DEFAULT_BUCKET_NS (3600 * NS)
#define DEFAULT_EVENTS_PER_SECOND 500

static const struct {
	const char *program;
	uint32_t feature;
} provides[] = {
	{ "cgroup_made", WIRE_FEATURE_BIRTH },           { "exec_done", WIRE_FEATURE_EXEC_RECORD },
	{ "exec_prepared", WIRE_FEATURE_EXEC_PREPARE },  { "exec_checked", WIRE_FEATURE_EXEC_LSM },
	{ "socket_listens", WIRE_FEATURE_LISTEN },       { "mapping_checked", WIRE_FEATURE_CODE_LSM },
	{ "protection_checked", WIRE_FEATURE_CODE_LSM }, { "mapping_stored", WIRE_FEATURE_CODE_KILL },
	{ "mapping_protected", WIRE_FEATURE_CODE_KILL },
};

/* Program that libbpf named in its last complaint, and the complaint. */
static char failed_program[NAME_BYTES];
static char failed_reason[REASON_BYTES];

void kernel_set_clock(struct kernel *kernel)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	kernel->settings->boot_offset = now.tv_sec * NS + now.tv_nsec - boot_now();
}

__attribute__((format(printf, 2, 0))) static int hear(enum libbpf_print_level level, const char *format,
						      va_list arguments)
{
	char line[1024];
	char name[NAME_BYTES];

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(line, sizeof(line), format, arguments);
	if (sscanf(line, "libbpf: prog '%63[^']'", name) != 1 || (failed_program[0] && strcmp(failed_program, name)))
		return 0;
	strcpy(failed_program, name);
	if (!failed_reason[0])
		snprintf(failed_reason, sizeof(failed_reason), "%.*s", (int)strcspn(line, "\n"), line);
	return 0;
}

static void note_missing(struct kernel *kernel, const char *program, const char *reason)
{
	size_t used = strlen(kernel->missing);
	const char *after = strstr(reason, "': ");

	snprintf(kernel->missing + used, sizeof(kernel->missing) - used, "%s%s: %s", used ? "\n" : "", program,
		 after ? after + 3 : reason);
}

static bool is_off(const struct kernel *kernel, const char *program)
{
	char start[NAME_BYTES + 2];
	const char *at;

	snprintf(start, sizeof(start), "%s: ", program);
	at = strstr(kernel->missing, start);
	return at && (at == kernel->missing || at[-1] == '\n');
}

static struct sensor_bpf *load_once(struct kernel *kernel)
{
	struct sensor_bpf *skeleton = sensor_bpf__open();
	struct bpf_program *program;
	struct bpf_map *map;
	char path[PLACE_BYTES + NAME_BYTES];

	if (!skeleton)
		return NULL;
	bpf_object__for_each_map(map, skeleton->obj)
	{
		if (bpf_map__is_internal(map))
			continue;
		snprintf(path, sizeof(path), "%s/maps/%s", kernel->place, bpf_map__name(map));
		bpf_map__set_pin_path(map, path);
	}
	bpf_object__for_each_program(program, skeleton->obj)
	{
		if (is_off(kernel, bpf_program__name(program)))
			bpf_program__set_autoload(program, false);
	}
	failed_program[0] = failed_reason[0] = 0;
	if (!sensor_bpf__load(skeleton))
		return skeleton;
	sensor_bpf__destroy(skeleton);
	return NULL;
}

/* Loads what can be loaded: after a failure again, without the program that failed. */
static struct sensor_bpf *load(struct kernel *kernel)
{
	for (;;) {
		struct sensor_bpf *skeleton = load_once(kernel);

		if (skeleton)
			return skeleton;
		if (!failed_program[0] || is_off(kernel, failed_program)) {
			log_line("programs cannot be loaded: %s", failed_reason[0] ? failed_reason : strerror(errno));
			return NULL;
		}
		note_missing(kernel, failed_program, failed_reason);
	}
}

static void attach_one(struct kernel *kernel, struct bpf_program *program, const char *links)
{
	const char *name = bpf_program__name(program);
	struct bpf_link *link = bpf_program__attach(program);
	char path[PLACE_BYTES + NAME_BYTES];

	snprintf(path, sizeof(path), "%s/%s", links, name);
	if (!link) {
		note_missing(kernel, name, strerror(errno));
	} else if (bpf_link__pin(link, path)) {
		note_missing(kernel, name, "cannot be pinned");
	} else {
		bpf_link__disconnect(link);
		bpf_link__destroy(link);
	}
}

static bool is_attached(const char *links, const char *program)
{
	char path[PLACE_BYTES + NAME_BYTES];

	snprintf(path, sizeof(path), "%s/%s", links, program);
	return access(path, F_OK) == 0;
}

static void attach_lsm(struct kernel *kernel, const struct sensor_bpf *skeleton, const char *links)
{
	struct bpf_program *program;
	char path[PLACE_BYTES + NAME_BYTES];

	bpf_object__for_each_program(program, skeleton->obj) if (bpf_program__autoload(program) &&
								 bpf_program__type(program) == BPF_PROG_TYPE_LSM)
		attach_one(kernel, program, links);
	if (!is_attached(links, "mapping_checked") || lsm_is_asked(bpf_program__fd(skeleton->progs.mapping_checked)))
		return;
	bpf_object__for_each_program(program, skeleton->obj)
	{
		const char *name = bpf_program__name(program);

		snprintf(path, sizeof(path), "%s/%s", links, name);
		if (bpf_program__type(program) == BPF_PROG_TYPE_LSM && !unlink(path))
			note_missing(kernel, name,
				     "bpf is not among the security modules that this kernel asks (lsm=)");
	}
}

/* Takes the place of programs that refuse mappings; where those are, it would only cost time. */
static bool is_stand_in(const char *program, const char *links)
{
	return (!strcmp(program, "mapping_stored") || !strcmp(program, "mapping_protected")) &&
	       is_attached(links, "mapping_checked") && is_attached(links, "protection_checked");
}

static void attach(struct kernel *kernel, const struct sensor_bpf *skeleton, const char *links)
{
	struct bpf_program *program;

	attach_lsm(kernel, skeleton, links);
	bpf_object__for_each_program(program, skeleton->obj) if (bpf_program__autoload(program) &&
								 bpf_program__type(program) != BPF_PROG_TYPE_LSM &&
								 !is_stand_in(bpf_program__name(program), links))
		attach_one(kernel, program, links);
}

/* Opens the pinned maps. */
static int open_maps(struct kernel *kernel)
{
	const struct {
		const char *name;
		int *fd;
	} maps[] = {
		{ "containers", &kernel->containers },
		{ "counts", &kernel->counts },
		{ "members", &kernel->members },
		{ "namespaces", &kernel->namespaces },
		{ "processes", &kernel->processes },
		{ "starts", &kernel->starts },
		{ "policy_heads", &kernel->policy_heads },
		{ "policy_edges", &kernel->policy_edges },
		{ "image_tables", &kernel->image_tables },
		{ "known_copies", &kernel->known_copies },
		{ "tickets", &kernel->tickets },
		{ "settings", &kernel->settings_map },
		{ "losses", &kernel->losses },
		{ "cgroup_events", &kernel->cgroup_events },
		{ "violations", &kernel->violations },
		{ "observations", &kernel->observations },
		{ "own_events", &kernel->own_events },
	};
	char path[PLACE_BYTES + NAME_BYTES];
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		snprintf(path, sizeof(path), "%s/maps/%s", kernel->place, maps[i].name);
		*maps[i].fd = bpf_obj_get(path);
		if (*maps[i].fd < 0) {
			log_line("map %s: %s", path, strerror(errno));
			return -1;
		}
	}
	kernel->settings =
		mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, kernel->settings_map, 0);
	if (kernel->settings == MAP_FAILED) {
		log_line("settings: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static void first_settings(struct kernel *kernel)
{
	struct settings *settings = kernel->settings;

	kernel_set_clock(kernel);
	if (settings->epoch)
		return;
	settings->bucket_ns = DEFAULT_BUCKET_NS;
	settings->events_per_second = DEFAULT_EVENTS_PER_SECOND;
	while (!settings->epoch)
		if (getrandom(&settings->epoch, sizeof(settings->epoch), 0) < 0)
			settings->epoch = boot_now();
}

/* A mechanism is there when all of its programs are. */
static void find_features(struct kernel *kernel, const char *links)
{
	uint32_t missing = 0;
	size_t i;

	kernel->features = WIRE_FEATURE_PINNED;
	for (i = 0; i < sizeof(provides) / sizeof(provides[0]); i++) {
		kernel->features |= provides[i].feature;
		if (is_attached(links, provides[i].program))
			continue;
		missing |= provides[i].feature;
		if (is_stand_in(provides[i].program, links))
			note_missing(kernel, provides[i].program, "not needed: BPF LSM refuses instead");
		else if (!is_off(kernel, provides[i].program))
			note_missing(kernel, provides[i].program, "could not be had when the programs were attached");
	}
	kernel->features &= ~missing;
}

/* Name of the folder of links: one for each build of the programs, so that a newer build takes the older one's place. */
static void name_links(char *path, size_t bytes, const struct kernel *kernel)
{
	size_t length, i;
	const unsigned char *image = sensor_bpf__elf_bytes(&length);
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (i = 0; i < length; i++)
		hash = (hash ^ image[i]) * 0x100000001b3ULL;
	snprintf(path, bytes, "%s/links-%016llx", kernel->place, (unsigned long long)hash);
}

int kernel_open(struct kernel *kernel, const char *folder)
{
	char links[PLACE_BYTES + NAME_BYTES];
	struct sensor_bpf *skeleton;

	libbpf_set_print(hear);
	if (pins_prepare(folder, SENSOR_LAYOUT, kernel->place, sizeof(kernel->place)))
		return -1;
	name_links(links, sizeof(links), kernel);
	if (access(links, F_OK)) {
		char fresh[sizeof(links) + 8];

		skeleton = load(kernel);
		if (!skeleton)
			return -1;
		if (open_maps(kernel))
			return -1;
		first_settings(kernel);
		snprintf(fresh, sizeof(fresh), "%s/fresh", kernel->place);
		pins_remove(fresh);
		if (mkdir(fresh, 0700)) {
			log_line("%s: %s", fresh, strerror(errno));
			return -1;
		}
		attach(kernel, skeleton, fresh);
		sensor_bpf__destroy(skeleton);
		if (rename(fresh, links)) {
			log_line("%s: %s", links, strerror(errno));
			return -1;
		}
		pins_remove_others(kernel->place, "links-", links);
	} else if (open_maps(kernel)) {
		return -1;
	}
	first_settings(kernel);
	find_features(kernel, links);
	return 0;
}

int kernel_iterate(const struct kernel *kernel, const char *program)
{
	char path[PLACE_BYTES + 2 * NAME_BYTES], links[PLACE_BYTES + NAME_BYTES];

	name_links(links, sizeof(links), kernel);
	snprintf(path, sizeof(path), "%s/%s", links, program);
	return open(path, O_RDONLY | O_CLOEXEC);
}

void kernel_take_in_processes(const struct kernel *kernel)
{
	int pass, fd;
	char byte;

	/* Who left its container's cgroup is told by what the first pass found out. */
	for (pass = 0; pass < 2; pass++) {
		fd = kernel_iterate(kernel, "processes_found");
		if (fd < 0)
			return;
		while (read(fd, &byte, 1) > 0)
			;
		close(fd);
	}
}

uint64_t kernel_lost(const struct kernel *kernel)
{
	uint64_t lost = 0, one;
	uint32_t place;

	for (place = 0; place < LOST_PLACES; place++)
		if (!bpf_map_lookup_elem(kernel->losses, &place, &one))
			lost += one;
	return lost;
}

uint64_t kernel_failed_updates(const struct kernel *kernel)
{
	uint64_t failed = 0;
	uint32_t place = FAILED_UPDATES;

	if (bpf_map_lookup_elem(kernel->losses, &place, &failed))
		failed = 0;
	return failed + map_puts_failed();
}
