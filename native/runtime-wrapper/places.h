/* Where the wrapper finds what it needs. Fixed when it is built: nothing in a caller's environment moves them. */
#ifndef SEAWALL_PLACES_H
#define SEAWALL_PLACES_H

#ifndef GATE_FOLDER
#define GATE_FOLDER "/var/lib/seawall/gate"
#endif

/* The runtime itself, where no configuration that can be believed says where it is. */
#ifndef REAL_RUNC
#define REAL_RUNC "/usr/sbin/runc.seawall-real"
#endif

#define WRAPPER_VERSION "0.1.0"

#endif
