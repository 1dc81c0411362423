/* Whether a start that names a container of an engine is of that container: bundle, root file system and what the engine
 * keeps of it must agree. An id alone proves nothing: whoever calls the runtime chooses it. */
#ifndef SEAWALL_AGREEMENT_H
#define SEAWALL_AGREEMENT_H

#include <stdbool.h>

#include "engine-record.h"

/* `bundle` is absolute, without links. False: `wrong` says in a sentence what disagrees. */
bool agrees(const struct engine_record *record, const char *bundle, char wrong[WRONG_BYTES]);

/* The same for a plugin that the engine manages; of it no `config` is kept. */
bool is_plugin_of(const struct engine_record *record, const char *bundle, char wrong[WRONG_BYTES]);

#endif
