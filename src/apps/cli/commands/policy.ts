import type { CommandEntry } from '../command.ts';
import { consoleOptions } from './shared-options.ts';

/** `seawall policy` and the commands below it. */
export const policyCommand: CommandEntry = {
  name: 'policy',
  usage: '',
  summary: 'Check a policy file, and try it on what the console knows',
  examples: ['seawall policy test policy.yaml', 'seawall policy replay policy.yaml --policy-id production'],
  options: [],
  load: () => import('./policy-test.ts'),
  commands: [
    {
      name: 'test',
      usage: '<file>',
      summary: 'Check a policy file; judge a stored scan result by it',
      examples: ['seawall policy test policy.yaml', 'seawall policy test policy.yaml --input result.json'],
      options: [{ flags: '--input <file>', summary: 'result written by `seawall scan --format json`' }],
      load: () => import('./policy-test.ts'),
    },
    {
      name: 'replay',
      usage: '<file>',
      summary: 'What an edited policy would make of all that runs and of past builds',
      examples: ['seawall policy replay policy.yaml --policy-id production'],
      options: [
        ...consoleOptions,
        {
          flags: '--policy-id <id>',
          summary: 'policy that the file replaces (its file name); a new id is tried as a new policy',
        },
        { flags: '--days <number>', summary: 'how far back builds are judged', default: '30' },
        { flags: '--format <format>', summary: 'table or json', default: 'table' },
      ],
      load: () => import('./policy-replay.ts'),
    },
  ],
};
