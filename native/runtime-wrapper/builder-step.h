/* Steps of Docker's older builder, which are containers of the engine like others. */
#ifndef SEAWALL_BUILDER_STEP_H
#define SEAWALL_BUILDER_STEP_H

#include "agreement.h"

/* Whether the container is made as that builder makes those for RUN, and as clients seldom do: of an image named by its id,
 * without a log, and with its health check switched off. Nothing that whoever builds can say changes these. */
bool is_builder_step(const struct engine_record *record);

#endif
