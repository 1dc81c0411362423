/* The language between a sensor and its agent: frames over a unix stream socket. Little endian, packed.
 *
 * A frame is a `wire_header` and `length` bytes of payload. A payload is one of the structs below, then the texts that
 * the struct counts, each a u16 length and its bytes (no terminator), in the order written behind the struct.
 * The sensor listens, one agent is served at a time: a newer connection takes the place of the older one.
 * Both sides begin with HELLO. Events carry a sequence; the agent acknowledges the last one that it keeps, and after a
 * reconnect the sensor sends again what was not acknowledged. What a receiver does not know by type it passes over.
 *
 * What takes a container out of all rules stays as it is in every protocol, because an agent of another release says it
 * before it ends the sensor: `protocol` at the start of the sensor's HELLO; the agent's HELLO, POLICY without lists, ASSIGN,
 * KEEP_ASSIGNED and ASK_STATUS; the type of STATUS.
 *
 * `src/runtime/agent/wire/` reads and writes the same; its `header.test.ts` compares the offsets of both.
 */
#ifndef SEAWALL_WIRE_H
#define SEAWALL_WIRE_H

#include <stdint.h>

#define WIRE_PROTOCOL 4
#define WIRE_MAX_FRAME (16 * 1024 * 1024)
#define WIRE_ID 64     /* container id, hex */
#define WIRE_APPLET 32 /* name of an applet with its terminator */

enum wire_type {
	/* sensor to agent */
	WIRE_SENSOR_HELLO = 1,
	WIRE_CONTAINER = 2,
	WIRE_EXEC = 3,
	WIRE_CODE = 4,
	WIRE_LISTEN = 5,
	WIRE_LOSS = 6,
	WIRE_THROTTLE = 7,
	WIRE_POLICY_REPLY = 8,
	WIRE_STATUS = 9,
	WIRE_TABLE_REPLY = 10,
	WIRE_ARMED = 11,
	WIRE_MAPPING = 12,
	WIRE_MAPPINGS_END = 13,
	WIRE_MOVE = 14,
	/* agent to sensor */
	WIRE_AGENT_HELLO = 64,
	WIRE_ACKNOWLEDGE = 65,
	WIRE_CONFIGURE = 66,
	WIRE_POLICY = 67,
	WIRE_FORGET_POLICY = 68,
	WIRE_ASSIGN = 69,
	WIRE_ASK_STATUS = 70,
	WIRE_TABLE = 71,
	WIRE_FORGET_TABLE = 72,
	WIRE_ASK_CODE = 73,
	WIRE_KEEP_ASSIGNED = 74,
};

struct wire_header {
	uint32_t length; /* of the payload */
	uint16_t type;
	uint16_t reserved;
} __attribute__((packed));

/* Mechanisms that are active; each is tried by loading it. */
enum wire_feature {
	WIRE_FEATURE_BIRTH = 1 << 0,         /* cgroup tracepoints */
	WIRE_FEATURE_EXEC_RECORD = 1 << 1,   /* sched_process_exec */
	WIRE_FEATURE_EXEC_PREPARE = 1 << 2,  /* sched_prepare_exec: kills before the old image is gone */
	WIRE_FEATURE_EXEC_LSM = 1 << 3,      /* BPF LSM bprm_check_security: refuses with EPERM */
	WIRE_FEATURE_EXEC_FANOTIFY = 1 << 4, /* FAN_OPEN_EXEC_PERM: refuses with EPERM */
	WIRE_FEATURE_CODE_FANOTIFY = 1 << 5, /* FAN_OPEN_PERM for code files */
	WIRE_FEATURE_LISTEN = 1 << 6,        /* inet_sock_set_state */
	WIRE_FEATURE_PINNED = 1 << 7,        /* links, maps and ring outlive the sensor */
	WIRE_FEATURE_CODE_LSM =
		1 << 8, /* BPF LSM mmap_file and file_mprotect: refuses executable mappings with EPERM */
	WIRE_FEATURE_CODE_KILL = 1 << 9, /* ma_write and mmap_lock_acquire_returned: kills at executable mappings */
};

/* Texts: kernel release, version of the sensor, mechanisms that could not be had (`name: reason`, one a line). */
struct wire_sensor_hello {
	uint16_t protocol;
	uint16_t layout; /* of the pinned maps */
	uint32_t features;
	uint64_t epoch;       /* random, made when the ring was: sequences of another epoch are other events */
	uint64_t boot_offset; /* ns to add to CLOCK_BOOTTIME to get Unix time */
} __attribute__((packed));

enum wire_container_state {
	WIRE_CONTAINER_BORN = 1,  /* cgroup seen, policy chosen */
	WIRE_CONTAINER_FOUND = 2, /* was there before the sensor: what it did before is not known */
	WIRE_CONTAINER_GONE = 3,
};

enum wire_armed {
	WIRE_ARMED_KERNEL = 1 << 0,   /* policy is in the kernel's map for its cgroup */
	WIRE_ARMED_FANOTIFY = 1 << 1, /* root overlay is marked */
};

/* Texts: image id as the engine's file has it, merged path of the root file system. Sequenced. */
struct wire_container {
	uint64_t sequence;
	uint64_t time; /* CLOCK_BOOTTIME, ns */
	uint64_t cgroup;
	uint8_t state;
	uint8_t armed;
	uint16_t reserved;
	uint32_t policy; /* 0: the default */
	uint32_t arm_us; /* from the cgroup's birth until armed */
	char id[WIRE_ID];
} __attribute__((packed));

/* What a container's policy is enforced by. */
enum wire_mechanism {
	WIRE_MECHANISM_EXEC_REFUSED = 1 << 0,     /* a program gets EPERM */
	WIRE_MECHANISM_EXEC_KILLED = 1 << 1,      /* a program is killed before its first instruction */
	WIRE_MECHANISM_MAPPINGS_KILLED = 1 << 2,  /* whoever maps code is killed before its first instruction */
	WIRE_MECHANISM_MAPPINGS_REFUSED = 1 << 3, /* mapping code gets EPERM */
	WIRE_MECHANISM_CODE_OPENED = 1 << 4,      /* code files are judged as they are opened */
};

/* Why a container is not armed, or not by every mechanism of this sensor. */
enum wire_problem {
	WIRE_PROBLEM_NONE = 0,
	WIRE_PROBLEM_NOT_MARKED = 1, /* fanotify cannot watch its root file system */
	WIRE_PROBLEM_TABLE_FULL = 2, /* the kernel has no room for it, or for its policy */
	WIRE_PROBLEM_NO_POLICY = 3,  /* the policy that it was given is not there: it never came, or was forgotten */
	WIRE_PROBLEM_NO_OVERLAY = 4, /* nobody can tell which of its files are the image's: nothing is judged */
	WIRE_PROBLEM_NO_GUARD = 5,   /* fanotify's group was given up and is not made again yet */
};

/* What is in force for a container. Sent for each one after HELLO and whenever it changes; never acknowledged: the
 * newest holds, and WIRE_CONTAINER says that one is gone. Text: the reason, where there is a problem. */
struct wire_armed_container {
	uint64_t cgroup;
	uint64_t since;      /* CLOCK_BOOTTIME, ns: what is said has held since then */
	uint32_t policy;     /* 0: the default */
	uint32_t version;    /* 0: of the default, or the policy is not there */
	uint16_t mechanisms; /* wire_mechanism */
	uint8_t problem;     /* wire_problem, the gravest */
	char id[WIRE_ID];
} __attribute__((packed));

/* A file as the kernel knows it: backing inode of an overlay's lower layer, or the file itself. */
struct wire_file {
	uint32_t device; /* kernel's encoding: major << 20 | minor */
	uint32_t mode;
	uint64_t inode;
	uint64_t ctime; /* ns */
	uint64_t size;
} __attribute__((packed));

enum wire_origin {
	WIRE_ORIGIN_IMAGE = 1,  /* lower layer of the root overlay, no upper copy */
	WIRE_ORIGIN_UPPER = 2,  /* written or copied up in the container */
	WIRE_ORIGIN_OTHER = 3,  /* another mount: tmpfs, volume, bind */
	WIRE_ORIGIN_MEMORY = 4, /* memfd */
	WIRE_ORIGIN_DELETED = 5,
	WIRE_ORIGIN_HOST = 6, /* outside of every container: the runtime that brings the first program in */
};

enum wire_verdict {
	WIRE_OBSERVED = 0,
	WIRE_ALERTED = 1, /* against the policy, effect alert */
	WIRE_REFUSED = 2, /* EPERM, nothing of it ran */
	WIRE_KILLED = 3,  /* SIGKILL before its first instruction */
};

enum wire_reason {
	WIRE_REASON_NONE = 0,
	WIRE_REASON_DRIFT = 1,     /* not from the image: see origin */
	WIRE_REASON_MODIFIED = 2,  /* the image's path, other identity than recorded at scan */
	WIRE_REASON_LOADER = 3,    /* dynamic loader as main program */
	WIRE_REASON_UNLEARNED = 4, /* program and caller are not in the model */
	WIRE_REASON_CODE = 5,      /* new or changed code file */
	WIRE_REASON_TOOL = 6,      /* a tool that is never learned, started by the application */
};

enum wire_session {
	WIRE_SESSION_ENTRY = 0, /* descends from the container's first program */
	WIRE_SESSION_EXEC = 1,  /* brought in later by the engine: docker exec, health check */
};

enum wire_exec_flag {
	WIRE_EXEC_FIRST = 1 << 0,  /* first program of the container, or of an exec session */
	WIRE_EXEC_SCRIPT = 1 << 1, /* `path` is the interpreter, `given` the script */
	WIRE_EXEC_ARGV_CUT = 1 << 2,
	WIRE_EXEC_PATH_CUT = 1 << 3,
	WIRE_EXEC_NO_POLICY_YET = 1 << 4, /* decided by the default: the image's policy had not come */
	WIRE_EXEC_UNTABLED = 1 << 5,      /* the policy has no table of the image's files */
	WIRE_EXEC_BY_FANOTIFY = 1 << 6,   /* argv is not known: the program was refused before it was copied */
	WIRE_EXEC_COPY_LATE = 1 << 7, /* a copy that may be the image's: it was not compared in time, which goes on */
};

#define WIRE_EXEC_ANCESTORS 6

/* Ancestor of a process, nearest first; one text each: path of its program. */
struct wire_ancestor {
	uint32_t pid;
	uint32_t reserved;
	uint64_t start; /* CLOCK_BOOTTIME, ns */
} __attribute__((packed));

/* A program that started, or was kept from it. Sequenced. First-seen in its bucket, or against the policy.
 * Texts: path (in the container), path of the caller, file name as given, argv (NUL between words, secrets masked),
 * applet as it was judged (empty: the file is no multi-call program, or its words were not read yet; `{odd}`: its name is
 * none that an applet has), then one path for each ancestor. */
struct wire_exec {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup;
	uint32_t pid; /* as the host numbers it */
	uint32_t parent;
	uint64_t start; /* of the process, CLOCK_BOOTTIME ns: with pid it names the process */
	uint32_t uid;
	uint32_t policy;
	uint32_t policy_version;
	uint32_t flags;
	uint32_t repeats; /* the same one as often before in this bucket, reported with the next that is sent */
	uint8_t verdict;
	uint8_t reason;
	uint8_t origin;
	uint8_t session;
	uint8_t caller_origin;
	uint8_t ancestors;
	uint16_t reserved;
	struct wire_file file;
	struct wire_file caller; /* program that called exec; all zero when it came from outside */
	struct wire_ancestor ancestry[WIRE_EXEC_ANCESTORS];
} __attribute__((packed));

enum wire_code_kind {
	WIRE_CODE_LIBRARY = 1, /* ELF shared object */
	WIRE_CODE_JAVA = 2,    /* jar, war, class, JSP */
	WIRE_CODE_SCRIPT = 3,  /* source or byte code of an interpreter */
};

enum wire_code_flag {
	WIRE_CODE_MAPPED = 1 << 0,    /* mapped executable, not only opened */
	WIRE_CODE_COPY_LATE = 1 << 1, /* as of a program */
};

/* A code file that is not the image's, or is changed, opened by what runs it or mapped executable. Sequenced.
 * Texts: path (in the container), path of the opener's program, path of the program that wrote it (may be empty), argv
 * of the opener (masked), SHA-256 in hex (may be empty), then one path for each ancestor. */
struct wire_code {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup;
	uint32_t pid;
	uint32_t parent;
	uint64_t start;
	uint32_t uid;
	uint32_t policy;
	uint32_t policy_version;
	uint32_t flags; /* wire_code_flag */
	uint32_t repeats;
	uint8_t verdict; /* alerted, refused, or killed when it was mapped */
	uint8_t origin;
	uint8_t session;
	uint8_t kind;
	uint8_t ancestors;
	uint8_t reserved[3];
	struct wire_file file;
	struct wire_file opener;
	struct wire_ancestor ancestry[WIRE_EXEC_ANCESTORS];
} __attribute__((packed));

/* A container began to listen: its first one ends the boot phase. Sequenced. Text: path of the listening program. */
struct wire_listen {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup;
	uint32_t pid;
	uint16_t port;
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t family;   /* 4, 6 */
} __attribute__((packed));

enum wire_dimension {
	WIRE_PROCESS = 1,
	WIRE_NETWORK = 2,
	WIRE_FILE = 3,
	WIRE_SYSCALL = 4,
};

/* Events that were lost: the model of every container that ran meanwhile is partial there. Sequenced. */
struct wire_loss {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup; /* 0: not known which */
	uint64_t count;
	uint8_t dimension;
	uint8_t reserved[7];
} __attribute__((packed));

/* A container was reported less often than things happened: `count` events of `time`'s second were counted only. Sequenced. */
struct wire_throttle {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup;
	uint64_t count;
} __attribute__((packed));

enum wire_move_flag {
	WIRE_MOVE_BORN = 1 << 0,      /* it was started there, by clone3 */
	WIRE_MOVE_CONTAINER = 1 << 1, /* the cgroup is another container's */
	WIRE_MOVE_BY_OTHER = 1 << 2,  /* moved by a program that is not of this container */
	WIRE_MOVE_PATH_CUT = 1 << 3,
};

/* A process of a container was moved out of the container's cgroup. It still belongs to the container and is judged by
 * its policy. Sequenced. Texts: path of its program, path of the program that moved it, path of the cgroup that it is in
 * now. */
struct wire_move {
	uint64_t sequence;
	uint64_t time;
	uint64_t cgroup; /* of the container */
	uint64_t to;     /* cgroup that it is in now */
	uint64_t start;  /* of the process, CLOCK_BOOTTIME ns */
	uint64_t mover_start;
	uint32_t pid;
	uint32_t mover; /* process that moved it */
	uint32_t uid;   /* of the mover */
	uint32_t flags;
	uint32_t repeats; /* the same move as often before in this bucket, reported with the next that is sent */
	uint8_t session;
	uint8_t reserved[3];
} __attribute__((packed));

/* Text: why not, when `accepted` is 0. */
struct wire_policy_reply {
	uint32_t policy;
	uint32_t version;
	uint8_t accepted;
	uint8_t reserved[3];
} __attribute__((packed));

/* Sent once a table is in the kernel, or is refused. Text: why not, when `accepted` is 0. */
struct wire_table_reply {
	uint32_t table;
	uint8_t accepted;
	uint8_t reserved[3];
} __attribute__((packed));

/* Answer to ASK_STATUS. */
struct wire_status {
	uint64_t events;
	uint64_t lost;
	uint64_t throttled;
	uint64_t permissions; /* fanotify questions answered */
	uint64_t
		permissions_late; /* let through by the deadman, or decided without knowing what was asked for: reported as loss */
	uint64_t permission_ns_total; /* time they took */
	uint64_t memory;              /* resident bytes */
	uint64_t oldest_ns;           /* age of the oldest event that was sent and not acknowledged, 0: none */
	uint32_t containers;
	uint32_t policies;
	uint32_t queued;         /* events not acknowledged */
	uint32_t failed_updates; /* of the kernel's maps: what they should know, they do not; at most UINT32_MAX */
} __attribute__((packed));

enum wire_listing {
	WIRE_LISTING_NONE = 0, /* the policy's table does not have it, or there is none */
	WIRE_LISTING_SAME = 1,
	WIRE_LISTING_CHANGED = 2, /* it has, with another device, ctime or size */
};

/* Answer to ASK_CODE: a file that processes of the container have mapped executable now. Text: path in the container. */
struct wire_mapping {
	uint64_t cgroup;
	uint32_t request;
	uint32_t mappings;
	uint32_t processes; /* that have it mapped */
	uint8_t origin;
	uint8_t listing; /* wire_listing */
	uint8_t allowed; /* content that the policy names */
	uint8_t reserved;
	struct wire_file file;
} __attribute__((packed));

/* Behind the last of them. */
struct wire_mappings_end {
	uint64_t cgroup;
	uint32_t request;
	uint32_t processes; /* that were looked at */
	uint32_t mappings;  /* executable ones of files */
	uint32_t files;     /* different ones, also those beyond what is listed */
	uint32_t anonymous; /* executable mappings of memory; the kernel's own are not counted */
	uint32_t policy;
	uint64_t time;     /* CLOCK_BOOTTIME, ns: when it was looked */
	uint64_t since;    /* from when on each mapping was judged; 0: none is */
	uint64_t passed;   /* looks at mappings since then that were not the image's and were let through; some twice */
	uint64_t stopped;  /* that were refused, or ended their process */
	uint64_t unjudged; /* mappings for which there was no policy to ask */
} __attribute__((packed));

#include "wire-agent.h"

#endif
