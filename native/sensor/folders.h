/* Folders for root alone. */
#ifndef SEAWALL_FOLDERS_H
#define SEAWALL_FOLDERS_H

/* Makes a folder with those above it. 0, or -1 with errno. */
int make_folders(const char *path);

#endif
