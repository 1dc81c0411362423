/* What an answer may wait for: whether a copy has the content of the image's own file, and which digest a file has. */
#ifndef SEAWALL_GUARD_PROOF_H
#define SEAWALL_GUARD_PROOF_H

#include "request.h"

/* Has the hasher find out what the answer depends on, and sets until when the asker waits. False when that is known, or
 * cannot be had. */
bool proof_begin(struct guard_watch *watch, struct guard_request *request);
/* The hasher is done with it. */
void proof_end(struct guard_request *request);
/* The asker gets an answer before. */
void proof_late(struct guard_request *request);

#endif
