/* Prints a compiled ledger: its header, then its records in their order, one JSON object a line. */
#ifndef SEAWALL_DUMP_LEDGER_H
#define SEAWALL_DUMP_LEDGER_H

/* Returns 0, or 1 when the file is damaged: what is wrong stands on standard error. */
int dump_ledger(const char *path);

#endif
