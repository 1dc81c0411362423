import type { CommandEntry } from '../command.ts';

/** `seawall verdict` and the commands below it. */
export const verdictCommand: CommandEntry = {
  name: 'verdict',
  usage: '',
  summary: 'Take a verdict along with all that it rests on, and make it again without the console',
  examples: [
    'seawall verdict export sha256:9f2c… --env prod --output verdict.json --console https://seawall.example:8083',
    'seawall verdict verify verdict.json --key 2fYl…',
  ],
  options: [],
  load: () => import('./verdict-verify.ts'),
  commands: [
    {
      name: 'export',
      usage: '<digest>',
      summary: 'Write the signed bundle of the verdict on an image in an environment',
      examples: [
        'seawall verdict export sha256:9f2c… --env prod --output verdict.json --console https://seawall.example:8083',
        'seawall verdict export sha256:9f2c… --env none > verdict.json',
      ],
      options: [
        { flags: '--env <name>', summary: 'environment: dev, test, prod; none: hosts without an environment' },
        { flags: '--output <file>', summary: 'write the bundle there instead of to standard output' },
        { flags: '--console <url>', summary: 'console to ask (SEAWALL_CONSOLE)' },
        {
          flags: '--token <token>',
          summary: 'token for it, of an auditor or administrator who sees everything (SEAWALL_TOKEN)',
        },
      ],
      load: () => import('./verdict-export.ts'),
    },
    {
      name: 'verify',
      usage: '<file>',
      summary:
        'Make the verdict of a bundle again and compare the bytes: 0 the same, 1 not, 3 without --key or by another version',
      examples: [
        'seawall verdict verify verdict.json --key 2fYl…',
        'seawall verdict verify verdict.json --key 2fYl… --format json',
      ],
      options: [
        {
          flags: '--key <fingerprint>',
          summary: 'SHA-256 of the certificate of the console’s authority, in hex, or as join tokens end',
        },
        { flags: '--format <format>', summary: 'table or json', default: 'table' },
      ],
      load: () => import('./verdict-verify.ts'),
    },
  ],
};
