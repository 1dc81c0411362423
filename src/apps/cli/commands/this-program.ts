import type { CommandEntry } from '../command.ts';

/** Commands about the program itself. */
export const thisProgram: readonly CommandEntry[] = [
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
