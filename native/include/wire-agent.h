/* What the agent says to the sensor: the second half of `wire.h`, which includes it. */
#ifndef SEAWALL_WIRE_AGENT_H
#define SEAWALL_WIRE_AGENT_H

/* Text: instance. */
struct wire_agent_hello {
	uint16_t protocol;
	uint16_t reserved;
} __attribute__((packed));

struct wire_acknowledge {
	uint64_t epoch;
	uint64_t sequence;
} __attribute__((packed));

struct wire_configure {
	uint64_t bucket_ns; /* length of the time in which a fact is reported once, 3600 s; aligned to Unix time */
	/* For so long a fanotify question waits for a digest; then the policy decides without it. A guard that hangs for
	 * five times as long is given up, which lets through who waits and is reported as loss. */
	uint32_t permission_budget_ms;
	uint32_t events_per_second; /* of one container, before it is throttled; violations count apart */
} __attribute__((packed));

enum wire_effect {
	WIRE_EFFECT_IGNORE = 0,
	WIRE_EFFECT_ALERT = 1,
	WIRE_EFFECT_PREVENT = 2, /* refuse; `block` prevents and the agent stops the container */
};

enum wire_policy_flag {
	WIRE_POLICY_TABLED = 1 << 0,   /* `table` holds every executable and code file of the image */
	WIRE_POLICY_MODELLED = 1 << 1, /* `edges` is the model: what is not in it is judged by `model_effect` */
	WIRE_POLICY_SKIP_EXEC_SESSIONS = 1 << 2, /* exec sessions are recorded, not judged by the model */
};

/* What a table says of a file; WIRE_FILE_TOOL alone is said by a policy. */
enum wire_file_flag {
	WIRE_FILE_LOADER = 1 << 0, /* dynamic loader: refused as main program unless an edge allows it */
	WIRE_FILE_ARGUMENTS =
		1 << 1, /* shell, interpreter, network tool: its arguments are part of what is reported once */
	WIRE_FILE_RUNS_CODE = 1 << 2, /* interpreter or JVM: opens of code files are judged */
	WIRE_FILE_TOOL = 1 << 3,      /* among the policy's `tools`: judged by `tool_effect` when a program of the image
					   starts it, outside of exec sessions, unless an edge allows it; the model need not
					   be there */
	WIRE_FILE_APPLETS = 1 << 4,   /* multi-call program: an edge may hold for one of its applets alone */
};

#define WIRE_TABLE_FRAME (1024 * 1024) /* longest payload of a WIRE_TABLE */

/* Files of an image by their backing inodes, shared by all policies of the image. Frames of a table come one behind the
 * other, `first` rows being there already; it is whole when `first` + `count` is `files`. Behind the struct: `count`
 * wire_table_row, sorted by inode over the whole table. A table takes the place of the one with its number, at once. One
 * that is said again as it is costs nothing. Numbers begin with 1. */
struct wire_table {
	uint32_t table;
	uint32_t device; /* of the backing inodes: major << 20 | minor */
	uint32_t files;  /* of the whole table */
	uint32_t first;
	uint32_t count;
} __attribute__((packed));

struct wire_table_row {
	uint64_t inode;
	uint64_t ctime; /* ns */
	uint64_t size;
	uint32_t flags;    /* wire_file_flag */
	uint32_t own_name; /* of a multi-call program: low half of the FNV-1a of its own name; 0: it has none */
} __attribute__((packed));

/* The table ends once no policy names it. */
struct wire_forget_table {
	uint32_t table;
} __attribute__((packed));

/* A file of the table that is a tool. */
struct wire_policy_tool {
	uint64_t inode;
} __attribute__((packed));

/* `child` may be started by `caller`; inodes of image files. caller 0: brought in from outside as first program. `applet`
 * is the FNV-1a (64 bits) of the only applet of a WIRE_FILE_APPLETS that this holds for, see `sensor/applet.h`. */
struct wire_policy_edge {
	uint64_t child;
	uint64_t caller;
	uint64_t applet; /* 0: any */
} __attribute__((packed));

/* A file that is not the image's and is allowed all the same, by content; texts behind the struct's arrays. */
struct wire_policy_digest {
	uint8_t sha256[32];
} __attribute__((packed));

/* Code in a folder, not in those below it, that a program of the image may run, whoever wrote it. Behind the struct: the folder's name as
 * models have it, see `sensor/code-folder.h`. */
struct wire_policy_folder {
	uint64_t program; /* inode */
} __attribute__((packed));

/* What may run in containers of these images. Replaces the policy of that number whole, at once; takes effect for
 * containers that run too. Behind the struct: `images` texts (image ids as the engine has them; a policy without
 * images is reached by ASSIGN only; policy 0 is the default for containers of unknown images), then `tools`
 * wire_policy_tool, `edges` wire_policy_edge, `digests` wire_policy_digest, `folders` wire_policy_folder. It is refused
 * while its table is not there. */
struct wire_policy {
	uint32_t policy;
	uint32_t version;
	uint32_t flags;
	uint8_t drift_effect; /* wire_effect, programs that are not the image's */
	uint8_t code_effect;  /* code files that are not the image's */
	uint8_t model_effect; /* programs of the image that the model lacks */
	uint8_t tool_effect;  /* files among `tools` */
	uint32_t table;       /* 0: none */
	uint32_t images;
	uint32_t tools;
	uint32_t edges;
	uint32_t digests;
	uint32_t folders;
} __attribute__((packed));

struct wire_forget_policy {
	uint32_t policy;
} __attribute__((packed));

/* What is mapped executable in this container? `request` is in the answer. */
struct wire_ask_code {
	uint64_t cgroup;
	uint32_t request;
} __attribute__((packed));

/* This container has this policy, whatever its image. */
struct wire_assign {
	uint32_t policy;
	char id[WIRE_ID];
} __attribute__((packed));

/* What this container is assigned now holds from here on, whatever else it is assigned. */
struct wire_keep_assigned {
	char id[WIRE_ID];
} __attribute__((packed));

#endif
