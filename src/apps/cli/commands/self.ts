import type { CommandEntry } from '../command.ts';

/** `seawall self` and the command below it. */
export const selfCommand: CommandEntry = {
  name: 'self',
  usage: '',
  summary: 'Verify that files of a Seawall release are those that were signed',
  examples: ['seawall self verify ./release --key seawall-release.pub'],
  options: [],
  load: () => import('./self-verify.ts'),
  commands: [
    {
      name: 'verify',
      usage: '[place]',
      summary:
        'Verify a folder with a release, or one file of it: 0 as signed, 1 not or older than this program, 3 without --key',
      examples: [
        'seawall self verify ./release --key "$FINGERPRINT"',
        'seawall self verify ./release/seawall-linux-x64 --key ~/seawall-release.pub',
      ],
      options: [
        {
          flags: '--key <key>',
          summary: 'fingerprint of the release key that you trust, or a file with it (PEM or minisign)',
        },
        { flags: '--older', summary: 'also accept a release that is older than this program' },
      ],
      load: () => import('./self-verify.ts'),
    },
  ],
};
