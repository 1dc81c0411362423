/* The runtime that does the work. */
#ifndef SEAWALL_RUNTIME_H
#define SEAWALL_RUNTIME_H

/* Becomes the runtime, with the same words, environment and descriptors. Returns only when there is none: why not. */
const char *become_runtime(const char *path, char *const *words);

#endif
