/* Which of its programs a multi-call program (busybox) runs: the one rule, compiled into the kernel's programs and into
 * tests. `src/runtime/applet.ts` states the same; `native/test/applet-cases.tsv` holds both to it.
 *
 * The applet is the base name of the first word, without one leading dash; where that is the program's own name, the base
 * name of the word behind it. A name that is empty, longer than WIRE_APPLET - 1 bytes, not whole within APPLET_READ bytes,
 * or of other than printable ASCII without `{`, `}` and `\\` is APPLET_ODD: such names are all the same one, so that
 * a program gains nothing by making names up.
 */
#ifndef SEAWALL_APPLET_H
#define SEAWALL_APPLET_H

#include "layout.h"

#define APPLET_READ 256 /* of the words */
#define APPLET_OWN 4    /* words that may be the own name before it is odd */
#define APPLET_BASIS 0xcbf29ce484222325ULL
#define APPLET_PRIME 0x100000001b3ULL

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

/* Number of the applet as edges have it, once the words were taken; `whole`: all of them. `start` and `length` tell where
 * its name is, which is nowhere when it is odd. */
static inline uint64_t applet_end(struct applet_reading *reading, int whole)
{
	if (!reading->done && whole && reading->met &&
	    reading->start == reading->at) { /* the own name is the last word */
		reading->hash = reading->own_hash;
		reading->start = reading->own_start;
		reading->length = reading->own_length;
		reading->done = 1;
	}
	if (!reading->done || reading->odd || !reading->length || reading->length >= WIRE_APPLET) {
		reading->length = 0;
		return APPLET_ODD;
	}
	return reading->hash > APPLET_ODD ? reading->hash : reading->hash + 2;
}

#endif
