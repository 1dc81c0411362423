/* The compiled ledger: what the runtime wrapper decides by. One file, searched and never parsed. Little endian, packed.
 * It is replaced whole, by a rename.
 *
 * A `ledger_header`, then one CRC-32 (zlib's polynomial) for each LEDGER_BLOCK bytes of what follows, then the body:
 * `records` ledger_record, then the texts. The header's checksum covers header (its own field as zero) and block table.
 * Who reads a part of the body checks the blocks in which it lies, so an answer costs the same whatever the length of
 * the file.
 *
 * Records are sorted by digest, bytewise. Records of one digest stand in order of precedence: the first that has not
 * expired counts. A digest is a config's, a manifest's or an index's.
 *
 * `src/gate/agent/ledger/encode-ledger.ts` writes it, `native/runtime-wrapper/ledger.c` reads it for the wrapper and
 * for `seawall-authz`; a test compares both.
 */
#ifndef SEAWALL_LEDGER_H
#define SEAWALL_LEDGER_H

#include <stdint.h>

#define LEDGER_MAGIC "SWLEDGER"
#define LEDGER_FORM 1
#define LEDGER_BLOCK 65536
#define LEDGER_MAX_BYTES (1024 * 1024 * 1024)
#define LEDGER_MAX_HOLD_MS 120000

enum ledger_answer {
	LEDGER_ALLOW = 1,
	LEDGER_DENY = 2,
	/* Known, but the answer depends on where the container stands: the agent says it. Effect, reason and rule of such a
	 * record are those of the strictest place. */
	LEDGER_ASK = 3,
};

/* Why a record says what it says. */
enum ledger_cause {
	LEDGER_VERDICT = 1,
	/* These two hold to their own end, whatever became of the ledger around them. */
	LEDGER_OWN_IMAGE = 2,
	LEDGER_BREAK_GLASS = 3,
};

enum ledger_effect {
	LEDGER_IGNORE = 1,
	LEDGER_ALERT = 2,
	LEDGER_BLOCK_START = 3,
};

/* Steps of image builds. */
enum ledger_builds {
	LEDGER_BUILDS_ALLOW = 1,
	LEDGER_BUILDS_APPROVED_BASE = 2, /* the agent says whether the base is approved */
	LEDGER_BUILDS_DENY = 3,
};

enum ledger_flag {
	LEDGER_JUDGES_SETTINGS =
		1 << 0, /* a rule speaks of a container's settings: an allowed image is not yet an answer */
	LEDGER_HAS_SETTINGS = 1 << 1, /* those rules stand in the texts: see `settings_at` */
	LEDGER_JUDGES_COMPLIANCE =
		1 << 2, /* a compliance rule may refuse a container: only the agent decides its checks */
};

struct ledger_header {
	char magic[8];
	uint32_t form;
	uint32_t checksum;
	uint64_t sequence; /* of the signed ledger that it was made of; 0: there was none */
	uint64_t issued;   /* Unix time, ms */
	uint64_t expires;  /* Unix time, ms: from then on every image is unknown */
	uint64_t bytes;    /* of the whole file */
	uint32_t records;
	uint32_t texts;     /* bytes of the texts */
	uint32_t hold_ms;   /* for which the start of an unknown image is held */
	uint8_t unknown;    /* ledger_answer of an image that is still unknown then: allow or deny */
	uint8_t agent_away; /* ledger_answer where settings cannot be judged: allow or deny */
	uint8_t builds;     /* ledger_builds */
	uint8_t flags;
	/* In the texts, where LEDGER_HAS_SETTINGS is set: a uint32_t of bytes, then as many of JSON,
	 * `{"form":1,"host":{…},"place":{…},"rules":[…]}`: `LedgerRules` of src/gate/agent/ledger/encode-rules.ts. */
	uint32_t settings_at;
} __attribute__((packed));

struct ledger_record {
	uint8_t digest[32];
	uint64_t expires;   /* Unix time, ms */
	uint32_t reason_at; /* in the texts */
	uint32_t rule_at;   /* in the texts: JSON, `{"id","version","name"}` */
	uint16_t reason_bytes;
	uint16_t rule_bytes; /* 0: no rule */
	uint8_t answer;      /* ledger_answer */
	uint8_t cause;       /* ledger_cause */
	uint8_t effect;      /* ledger_effect */
	uint8_t reserved;
} __attribute__((packed));

#endif
