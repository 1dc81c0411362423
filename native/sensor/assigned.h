/* Which containers were given a policy of their own. On the server's thread, which alone changes it, or with the containers'
 * lock. */
#ifndef SEAWALL_ASSIGNED_H
#define SEAWALL_ASSIGNED_H

#include "container-list.h"

/* NULL: none was. */
struct assigned *assigned_find(struct containers *containers, const char *id);

/* Whether a container of this id is there. With the containers' lock. */
bool containers_there(const struct containers *containers, const char *id);

/* With the containers' lock. */
void assigned_note(struct containers *containers, const struct wire_assign *assign);

/* What this container has it keeps, whatever it is given later. */
void assigned_keep(struct containers *containers, const char *id);

#endif
