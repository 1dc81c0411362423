/* Where the wrapper finds what it needs. Fixed when it is built: nothing in a caller's environment moves them. */
#ifndef SEAWALL_PLACES_H
#define SEAWALL_PLACES_H

#ifndef GATE_FOLDER
#define GATE_FOLDER "/var/lib/seawall/gate"
#endif

/* Where the runtime itself may lie, in their order, where no configuration that can be believed says it. */
#ifndef REAL_RUNC
#define REAL_RUNC "/usr/sbin/runc.seawall-real", "/usr/bin/runc.seawall-real", "/usr/sbin/runc", "/usr/bin/runc"
#endif

#define WRAPPER_VERSION "0.1.0"

#endif
