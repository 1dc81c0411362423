import { task } from '#http/console/tasks.ts';
import { type ReadOwnTemplate, readOwnTemplate } from '../../evidence/own-template.ts';

/** Reads a template that somebody wrote in a child process. */
export const readOwnTemplateTask = task<string, ReadOwnTemplate>('read-own-template', readOwnTemplate);
