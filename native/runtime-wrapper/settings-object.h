/* How a rule over settings objects: parts of `judge_settings`. */
#ifndef SEAWALL_SETTINGS_OBJECT_H
#define SEAWALL_SETTINGS_OBJECT_H

#include "settings.h"

enum asker {
	ASKER_DOCKER,
	ASKER_POD,
};

/* What one rule is asked about, and what it objects to. */
struct asking {
	const struct settings *settings;
	const json_t *rule;
	const char *kind;
	enum asker asker;
	json_t *objections;
};

/* A text of its own; NULL where there is no memory. */
__attribute__((format(printf, 1, 2))) char *text(const char *format, ...);

/* Adds an objection, with what removes it in the words of each who may have asked. Takes the texts over. */
void object(struct asking *asking, char *message, char *docker, char *pod);

/* Whether one of the list is this text. */
bool is_in(const struct path_list *list, const char *text);

#endif
