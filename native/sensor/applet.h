/* Which of its programs a multi-call program (busybox) runs: the one rule, compiled into the kernel's programs and into
 * tests. `src/runtime/applet.ts` states the same; `native/test/applet-cases.tsv` holds both to it.
 *
 * The applet is the base name of the first word, without one leading dash; where that is the program's own name, the base
 * name of the word behind it. A name that is empty, longer than WIRE_APPLET - 1 bytes, not whole within APPLET_READ bytes,
 * or of other than printable ASCII without `{`, `}` and `\\` is APPLET_ODD: such names are all the same one, so that
 * a program gains nothing by making names up.
 *
 * Where the program itself looks elsewhere, the name is odd too: BusyBox and toybox take any name that begins with theirs
 * as their own, so one that goes on behind the own name, or that begins with `busybox` or `toybox` and is not the own one;
 * a first word whose base name begins with a further dash; and that of coreutils before `--coreutils-prog`.
 */
#ifndef SEAWALL_APPLET_H
#define SEAWALL_APPLET_H

#include "layout.h"

#define APPLET_READ 256 /* of the words */
#define APPLET_OWN 4    /* words that may be the own name before it is odd */
#define APPLET_BASIS 0xcbf29ce484222325ULL
#define APPLET_PRIME 0x100000001b3ULL
/* Low halves of names' hashes. */
#define APPLET_BUSYBOX 0xc1924969U
#define APPLET_TOYBOX 0x20f3a7f8U
#define APPLET_COREUTILS 0x9568463bU
#define APPLET_CHOICE 0xf2075a538151c758ULL /* `--coreutils-prog` */
#define APPLET_CHOICE_LENGTH 16

/* What was read of the words. */
struct applet_words {
	const uint8_t *bytes; /* room for APPLET_READ of them */
	uint32_t length;
	uint32_t whole; /* they are all */
};

struct applet_reading {
	uint64_t hash;     /* FNV-1a of the name so far */
	uint64_t own_hash; /* of the own name, once it was met */
	uint32_t own;      /* low half of the own name's hash; 0: it has none */
	uint32_t at;       /* bytes that were taken */
	uint32_t start;    /* of the name in the words */
	uint32_t length;
	uint32_t own_start;
	uint32_t own_length;
	uint32_t met; /* how often the own name was */
	uint8_t odd;
	uint8_t done;
};

static inline void applet_begin(struct applet_reading *reading, uint32_t own)
{
	*reading = (struct applet_reading){ .hash = APPLET_BASIS, .own = own };
}

static inline void applet_restart(struct applet_reading *reading)
{
	reading->hash = APPLET_BASIS;
	reading->start = reading->at + 1;
	reading->length = 0;
	reading->odd = 0;
}

static inline int applet_is_plain(uint8_t byte)
{
	return byte > ' ' && byte < 0x7f && byte != '{' && byte != '}' && byte != '\\';
}

/* Ends a word: the name is found, unless it is the own one. */
static inline void applet_word(struct applet_reading *reading)
{
	if (reading->odd || !reading->length || !reading->own || (uint32_t)reading->hash != reading->own) {
		reading->done = 1;
		return;
	}
	reading->own_hash = reading->hash;
	reading->own_start = reading->start;
	reading->own_length = reading->length;
	reading->met++;
	applet_restart(reading);
	if (reading->met < APPLET_OWN)
		return;
	reading->odd = 1;
	reading->done = 1;
}

/* Takes the next byte of the words. */
static inline void applet_take(struct applet_reading *reading, uint8_t byte)
{
	if (reading->done)
		return;
	if (!byte) {
		applet_word(reading);
	} else if (byte == '/' || (byte == '-' && !reading->at)) {
		applet_restart(reading);
	} else {
		reading->hash = (reading->hash ^ byte) * APPLET_PRIME;
		reading->length++;
		reading->odd |= !applet_is_plain(byte);
	}
	reading->at++;
}

static inline uint8_t applet_byte(const struct applet_words *words, uint32_t at)
{
	return words->bytes[at & (APPLET_READ - 1)];
}

/* Whether the program, by this name, looks at the word behind it. It is told once the words were taken: the kernel's
 * verifier takes very long for what is asked of each byte. */
static inline int applet_is_elsewhere(const struct applet_reading *reading, const struct applet_words *words)
{
	uint64_t hash = APPLET_BASIS;

	if (!reading->met && applet_byte(words, reading->start) == '-')
		return 1;
	if (!reading->own)
		return 0;
	for (uint32_t at = 0; at < WIRE_APPLET && at < reading->length; at++) {
		uint32_t name;

		hash = (hash ^ applet_byte(words, reading->start + at)) * APPLET_PRIME;
		name = (uint32_t)hash;
		if (name == reading->own || name == APPLET_BUSYBOX || name == APPLET_TOYBOX)
			return 1;
	}
	return 0;
}

/* Whether coreutils run what the word behind the first one chooses, or may do so. */
static inline int applet_is_chosen_behind(const struct applet_reading *reading, const struct applet_words *words)
{
	uint64_t hash = APPLET_BASIS;

	if (reading->own != APPLET_COREUTILS || reading->met)
		return 0;
	for (uint32_t at = 0; at < APPLET_CHOICE_LENGTH; at++) {
		uint8_t byte = applet_byte(words, reading->at + at);

		if (reading->at + at >= words->length)
			return !words->whole;
		if (!byte)
			return 0;
		hash = (hash ^ byte) * APPLET_PRIME;
	}
	return hash == APPLET_CHOICE;
}

/* Number of the applet as edges have it, once the words were taken. `start` and `length` tell where
 * its name is, which is nowhere when it is odd. */
static inline uint64_t applet_end(struct applet_reading *reading, const struct applet_words *words)
{
	int own = !reading->done && words->whole && reading->met && reading->start == reading->at;

	if (own) { /* it is the last word */
		reading->hash = reading->own_hash;
		reading->start = reading->own_start;
		reading->length = reading->own_length;
		reading->done = 1;
	}
	if (!reading->done || reading->odd || !reading->length || reading->length >= WIRE_APPLET ||
	    (!own && (applet_is_elsewhere(reading, words) || applet_is_chosen_behind(reading, words)))) {
		reading->length = 0;
		return APPLET_ODD;
	}
	return reading->hash > APPLET_ODD ? reading->hash : reading->hash + 2;
}

#endif
