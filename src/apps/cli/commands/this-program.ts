import type { CommandEntry } from '../command.ts';
import { consoleOptions, dbOptions } from './shared-options.ts';

/** Commands about the program itself. */
export const thisProgram: readonly CommandEntry[] = [
  {
    name: 'doctor',
    usage: '[part]',
    summary: 'Look for usual trouble on this machine, each with its fix; changes nothing',
    examples: ['seawall doctor', 'seawall doctor console', 'seawall doctor agent --format json'],
    options: [
      ...consoleOptions,
      { flags: '--engine <socket>', summary: 'socket of the Docker engine (DOCKER_HOST)' },
      { flags: '--state <folder>', summary: 'folder of the agent’s state' },
      { flags: '--instance <name>', summary: 'agent to look at', default: 'default' },
      ...dbOptions.filter(({ flags }) => !flags.startsWith('--allow')),
      { flags: '--port <number>', summary: 'port that the console’s pages are to have', default: '8083' },
      { flags: '--link-port <number>', summary: 'port that agents are to dial', default: '8084' },
      { flags: '--format <format>', summary: 'table or json', default: 'table' },
    ],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'version',
    usage: '',
    summary: 'Print the version; `-v` and `--version` do the same',
    examples: ['seawall version'],
    options: [],
    load: () => import('./version.ts'),
  },
  {
    name: 'completion',
    usage: '<shell>',
    summary: 'Print completion of commands and options for bash, zsh or fish',
    examples: [
      'source <(seawall completion bash)',
      'seawall completion zsh > "${fpath[1]}/_seawall"',
      'seawall completion fish > ~/.config/fish/completions/seawall.fish',
    ],
    options: [],
    load: () => import('./completion.ts'),
  },
  {
    name: 'man',
    usage: '',
    summary: 'Print the manual page, made from these commands',
    examples: ['seawall man | man -l -', 'seawall man > /usr/local/share/man/man1/seawall.1'],
    options: [],
    load: () => import('./man.ts'),
  },
];
