/* Whether a code file is a product of the image's own code, made by the image's own interpreter. */
#ifndef SEAWALL_GUARD_DERIVE_H
#define SEAWALL_GUARD_DERIVE_H

#include "group.h"

/* The opener's own program wrote the file, nobody from outside did. */
bool derive_is_own(const struct guard_code *code, const struct written *written);
/* Sets GUARD_CODE_DERIVED where one of the rules holds, by the languages that the opener runs. Byte code of Python is its
 * program's own in no other way: whoever has a server store a file for him has its interpreter write it. */
void derive_judge(struct guard_watch *watch, const struct guard_question *question, struct guard_code *code,
		  unsigned languages);

#endif
