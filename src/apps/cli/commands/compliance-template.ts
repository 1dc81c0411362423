import type { CommandEntry } from '../command.ts';
import { namedConsoleOptions } from './shared-options.ts';

/** `seawall compliance template` and the commands below it. */
export const complianceTemplateCommand: CommandEntry = {
  name: 'template',
  usage: '',
  summary: 'Own templates of controls: list, show, save, delete',
  examples: ['seawall compliance template save ./payments.yaml', 'seawall compliance template list'],
  options: [],
  load: () => import('./compliance-template-list.ts'),
  commands: [
    {
      name: 'list',
      usage: '',
      summary: 'List own templates, also those that were deleted and whose history is kept',
      examples: ['seawall compliance template list'],
      options: [{ flags: '--format <format>', summary: 'table, json (table)' }, ...namedConsoleOptions],
      load: () => import('./compliance-template-list.ts'),
    },
    {
      name: 'show',
      usage: '<id>',
      summary: 'Print an own template as it was written',
      examples: ['seawall compliance template show own-payments > payments.yaml'],
      options: [...namedConsoleOptions],
      load: () => import('./compliance-template-show.ts'),
    },
    {
      name: 'save',
      usage: '<file>',
      summary: 'Save a template from YAML or JSON: a new one, or its next version',
      examples: ['seawall compliance template save ./payments.yaml'],
      options: [...namedConsoleOptions],
      load: () => import('./compliance-template-save.ts'),
    },
    {
      name: 'delete',
      usage: '<id>',
      summary: 'Delete an own template; its history can still be read',
      examples: ['seawall compliance template delete own-payments'],
      options: [...namedConsoleOptions],
      load: () => import('./compliance-template-delete.ts'),
    },
  ],
};
