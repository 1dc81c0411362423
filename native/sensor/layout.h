/* What the programs in the kernel and the sensor share: keys and values of the maps, records of the rings.
 *
 * The maps are pinned and outlive a sensor: whoever changes a struct here raises SENSOR_LAYOUT, so that a newer sensor
 * takes no older map for its own.
 */
#ifndef SEAWALL_LAYOUT_H
#define SEAWALL_LAYOUT_H

#include "../include/wire.h"
#include "share.h"

#define SENSOR_LAYOUT 7

#define PATH_BYTES 256
#define ARGV_BYTES 1024
#define MAX_CONTAINERS 4096
#define VIOLATION_BYTES (2 << 20) /* of the rings, powers of two */
#define OBSERVATION_BYTES (4 << 20)
#define VIOLATION_SHARE (VIOLATION_BYTES / 16) /* some 200 events: an agent on a busy host works them off in a second */
#define OBSERVATION_SHARE (OBSERVATION_BYTES / 8)
#define EVENT_BYTES 16384 /* of a payload, at most */
#define EVENT_CGROUP 16   /* place of the container's cgroup in each event: behind sequence and time */

/* A process for as long as the machine is up: pids come again, starts do not. */
struct process_key {
	uint64_t start; /* CLOCK_BOOTTIME, ns, of the thread group's leader */
	uint32_t tgid;
	uint32_t reserved;
};

enum process_flag {
	PROCESS_OUTSIDE = 1 << 0,  /* brought in by the engine, has not started a program of the container yet */
	PROCESS_REPORTED = 1 << 1, /* its kill is reported already */
};

struct process {
	uint64_t cgroup; /* of the container */
	struct process_key parent;
	struct wire_file exe;
	uint32_t uid;
	uint16_t length; /* of path */
	uint8_t origin;
	uint8_t session;
	uint8_t flags;
	uint8_t reserved[7];
	char path[PATH_BYTES];
};

enum container_known {
	CONTAINER_UNKNOWN = 0, /* the sensor has not said whose it is: observed, nothing is kept from it */
	CONTAINER_OURS = 1,
};

/* Written by the sensor, first by the program cgroup_made. */
struct container_value {
	uint64_t born; /* CLOCK_BOOTTIME, ns */
	uint32_t policy;
	uint32_t root_device; /* of the root overlay; 0: taken from the first program */
	uint8_t known;
	uint8_t found;      /* was there before the sensor */
	uint8_t unjudged;   /* no overlay: what is the image's cannot be told */
	uint8_t by_default; /* no policy names its image */
	uint8_t assigned;   /* the policy is its own, not that of its image */
	uint8_t reserved[3];
	uint64_t reported_throttled; /* of the counts, to the agent */
	uint64_t reported_lost;
	char id[WIRE_ID];
};

/* Written by the kernel alone. */
struct container_counts {
	uint64_t first_exec; /* time of the container's first program, 0 before */
	uint64_t second;     /* the one that is counted */
	uint32_t observed;   /* reported in that second */
	uint32_t violations;
	uint64_t throttled; /* ever */
	uint64_t lost;      /* ever */
	uint64_t mounts;    /* keys in the map `namespaces` of its first program's mounts and processes; 0: none */
	uint64_t pids;
	uint64_t mounts_reported;   /* last other mount namespace that was reported */
	struct share in_violations; /* of the rings, by what is not acknowledged */
	struct share in_observations;
	uint32_t root_device;
	uint32_t mounts_others;     /* how many were reported, ever */
	uint64_t mappings_passed;   /* looks at executable mappings that were not the image's and were let through */
	uint64_t mappings_stopped;  /* that were not */
	uint64_t mappings_unjudged; /* for which there was no policy to ask */
};

#define MAX_POLICIES 1024
#define MAX_EDGES 131072 /* of all policies, tools among them */
#define MAX_TABLES 1024
#define TABLE_FILES_BITS 22 /* a table has fewer than 1 << that many files */
#define TOOL_CALLER (~0ULL) /* caller in the key of a tool */

struct policy_head {
	uint32_t generation; /* in the keys of its edges and tools */
	uint32_t version;
	uint32_t flags;
	uint32_t table; /* 0: none */
	uint8_t drift_effect;
	uint8_t code_effect;
	uint8_t model_effect;
	uint8_t tool_effect;
	uint8_t reserved[4];
};

/* A file of an image, as on the wire. The first row of each table is none: it says what the table is. */
struct table_row {
	union {
		struct wire_table_row file;
		struct {
			uint64_t files; /* rows that follow, sorted by inode */
			uint32_t device;
			uint32_t reserved[5];
		} head;
	};
};

/* The entry with APPLET_ANY is there for every pair of program and caller; edge_value says whether that is enough. */
struct edge_key {
	uint32_t generation;
	uint32_t reserved;
	uint64_t child;
	uint64_t caller;
	uint64_t applet;
};

/* Applets that no name's hash stands for. */
#define APPLET_ANY 0ULL
#define APPLET_ODD 1ULL

enum edge_value {
	EDGE_NONE = 0,
	EDGE_WHOLE = 1,   /* whatever the applet is */
	EDGE_APPLETS = 2, /* for those alone that have an entry of their own */
};

#define MAX_COPIES 65536
#define MAX_TICKETS 8192
#define TICKET_NS 10000000000ULL /* for which an answer of the guard holds */

/* A file outside of the image whose content the policy of its container allows, or is that of the image's own file at its
 * path, as the sensor read it. An entry leaves with its container, or when the policy no longer names its content. Where one is missing the guard is asked again, since
 * the kernel asks before each open of a file that is not the image's. */
struct copy_key {
	uint64_t cgroup;
	uint64_t inode;
	uint64_t ctime;
	uint64_t size;
	uint32_t device;
	uint32_t reserved;
};

struct copy_value {
	uint8_t sha256[32];     /* that the policy names; zero where `image` says what it is */
	struct wire_file image; /* the image's file with the same content; inode 0: none */
};

/* By thread: what the guard let it start just now. So a start depends on no room for copies. */
struct ticket {
	uint64_t time; /* CLOCK_BOOTTIME, ns */
	uint64_t inode;
	uint64_t ctime;
	uint64_t size;
	uint32_t device;
	uint32_t reserved;
	struct wire_file image; /* as of a copy */
};

struct seen_value {
	uint64_t bucket;
	uint32_t count; /* not reported */
	uint32_t reserved;
};

struct listen_key {
	uint64_t cgroup;
	uint16_t port;
	uint16_t family;
	uint32_t reserved;
};

/* One, pinned. */
struct settings {
	uint64_t epoch;
	uint64_t sequence;    /* last one given to an event */
	uint64_t boot_offset; /* ns to add to CLOCK_BOOTTIME */
	uint64_t bucket_ns;
	uint64_t round; /* of the shares */
	uint32_t events_per_second;
	uint32_t generation; /* last one given to a policy */
	uint64_t asked;      /* cgroup whose mappings the program mappings_found gives */
};

/* Places in the map `losses`. */
enum loss_place {
	LOST_CGROUP_EVENTS = 0,
	LOST_VIOLATIONS = 1,
	LOST_OBSERVATIONS = 2,
	LOST_PLACES = 3,    /* how many of them the programs count in */
	LOST_REPORTED = 3,  /* the place behind those: how many of all the sensor has reported */
	FAILED_UPDATES = 4, /* of maps, by the programs */
	LOSSES = 5,
};

enum cgroup_event_kind {
	CGROUP_EVENT_MADE = 1,
	CGROUP_EVENT_GONE = 2,
	CGROUP_EVENT_RUNS = 3,   /* its first program starts: its mounts are there */
	CGROUP_EVENT_MOUNTS = 4, /* a program starts in a mount namespace that is not its first one */
};

/* Record of the ring `cgroup_events`. */
struct cgroup_event {
	uint32_t kind;
	uint32_t pid; /* of the first program */
	uint64_t cgroup;
	uint64_t time;
	char id[WIRE_ID];
};

/* What the program mappings_found gives, one for each executable mapping. */
struct found_mapping {
	uint64_t address;
	uint32_t process; /* thread group */
	uint32_t thread;
	uint8_t anonymous; /* memory: nothing else is said of it */
	uint8_t origin;
	uint8_t listing; /* wire_listing */
	uint8_t allowed;
	uint32_t length; /* of path */
	struct wire_file file;
	char path[PATH_BYTES];
};

#define OWN_PAGE 4096
#define OWN_BYTES (2 << 20) /* a power of two */
#define OWN_SHARE (OWN_BYTES / 16)
#define OWN_SHARES 4096 /* a power of two; 32 pages */
#define OWN_SHARE_PAGES ((OWN_SHARES * sizeof(struct own_share) + OWN_PAGE - 1) / OWN_PAGE)

/* First page of the map `own_events`; the shares follow, then the ring of bytes. Places grow for ever. */
struct own_head {
	uint64_t from;      /* of the first record that the agent does not keep yet */
	uint64_t to;        /* behind the last record that is whole */
	uint64_t lost;      /* events of no container for which there was no room, ever */
	uint64_t reported;  /* of them, reported as loss */
	uint64_t throttled; /* events of containers beyond their share, ever */
};

/* What one container has of the room in that ring. */
struct own_share {
	uint64_t cgroup; /* 0: free */
	struct share share;
	uint64_t throttled; /* events beyond it, not reported yet */
};

struct own_page {
	char bytes[OWN_PAGE];
};

/* Before each payload there. */
struct own_record {
	uint32_t length; /* of the payload */
	uint16_t type;   /* wire_type */
	uint16_t reserved;
};

/* Before each payload in the rings `violations` and `observations`; what follows is as on the wire. */
struct record {
	uint32_t type;  /* wire_type */
	uint32_t known; /* container_known when it happened */
};

#endif
