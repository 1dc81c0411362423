import { serveTasks } from '#http/console/tasks.ts';
import { childTasks } from './child-tasks.ts';

/** The program of the console's child processes. */
serveTasks(childTasks);
