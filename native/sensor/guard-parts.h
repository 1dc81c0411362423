/* What the guard's adapter joins. */
#ifndef SEAWALL_GUARD_PARTS_H
#define SEAWALL_GUARD_PARTS_H

#include "containers.h"
#include "copies.h"
#include "guard/guard.h"

struct guard_adapter {
	struct kernel *kernel;
	struct policies *policies;
	struct tables *tables;
	struct copies *copies;
	struct containers *containers;
	struct outbox *outbox;
	struct guard *guard; /* NULL: fanotify cannot be had */
};

#endif
