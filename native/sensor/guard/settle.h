/* Takes a request to its end: judges, lets the opener wait for what the answer depends on, answers the kernel, reports. */
#ifndef SEAWALL_GUARD_SETTLE_H
#define SEAWALL_GUARD_SETTLE_H

#include "request.h"

/* Lets the opener wait, asks again soon and for half a second at most, then decides. False when no more can wait. */
bool request_ask_again(struct guard_watch *watch, const struct guard_question *question, request_asking *ask);
/* Judges by the policy of the thread's container as what is not the image's. */
void request_decide(struct guard_watch *watch, struct guard_question *question, request_asking *ask);
/* Judges, answers the kernel, and reports; takes the request over. */
void request_settle(struct guard_watch *watch, struct guard_request *request);
/* Lets the opener through, and reports it if the file is mapped executable soon. */
void request_look_later(struct guard_watch *watch, struct guard_request *request);
void request_allow(struct guard_watch *watch, struct guard_request *request);
/* Goes on with what is hashed or due. Returns milliseconds until the next is due, -1 for never. */
int requests_go_on(struct guard_watch *watch);

#endif
