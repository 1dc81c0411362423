import { serveTasks } from '#http/console/tasks.ts';

/** The program of the console's child processes: everything that may run in one. */
serveTasks([]);
