/* The folder of a code file, as models name it: `src/runtime/code-folder.ts` says the same. */
#ifndef SEAWALL_CODE_FOLDER_H
#define SEAWALL_CODE_FOLDER_H

#include <limits.h>
#include <stddef.h>

#define CODE_FOLDER_BYTES (2 * PATH_MAX) /* each byte of a path may be escaped */

/* Writes the folder of `path`, without a NUL, and returns its length; 0 when the path is longer than any. Below temporary
 * folders, what programs make up is named by its kind: {uuid}, {hex} from 8 digits on, {num} from 4 on. No name can spell a
 * kind: `{` and `\` are escaped.
 */
size_t code_folder(const char *path, char folder[CODE_FOLDER_BYTES]);

#endif
