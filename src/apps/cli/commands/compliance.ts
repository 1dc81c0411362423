import type { CommandEntry, OptionEntry } from '../command.ts';
import { scanOptions, scriptOption } from '../scan/options.ts';
import { quiet } from './shared-options.ts';

/** Templates and formats by their names: their code is loaded with the command. */
const complianceOptions: readonly OptionEntry[] = [
  { flags: '--template <id>', summary: 'only the checks of a template: nist-800-190, cis-docker' },
  { flags: '--fail-on <severity>', summary: 'low, medium, high or critical (medium)' },
  { flags: '--format <format>', summary: 'table, json, junit, sarif (table)' },
];

/** Where scripts come from. */
const scriptConsole: readonly OptionEntry[] = [
  { flags: '--console <url>', summary: 'console whose scripts run with --allow-scripts (SEAWALL_CONSOLE)' },
  { flags: '--token <token>', summary: 'token for the console (SEAWALL_TOKEN)' },
];

const engineOption = { flags: '--engine <socket>', summary: 'socket of the Docker engine (DOCKER_HOST)' } as const;

/** `seawall compliance` and the commands below it. */
export const complianceCommand: CommandEntry = {
  name: 'compliance',
  usage: '',
  summary: 'Judge an image, a container or this host by all checks: NIST SP 800-190, CIS Docker',
  examples: [
    'seawall compliance host',
    'seawall compliance container web --template cis-docker',
    'seawall compliance image surge/gauge-ingest:3.9 --format junit',
  ],
  options: [],
  load: () => import('./compliance-host.ts'),
  commands: [
    {
      name: 'image',
      usage: '<target>',
      summary: 'Judge an image: its settings, build steps, secrets and files',
      examples: [
        'seawall compliance image surge/gauge-ingest:3.9',
        'seawall compliance image archive:image.tar --template nist-800-190 --format json',
      ],
      options: [...complianceOptions, ...scanOptions, scriptOption, ...scriptConsole, quiet],
      load: () => import('./compliance-image.ts'),
    },
    {
      name: 'host',
      usage: '',
      summary: 'Judge this host and its engine: files, accounts, kernel, settings in force',
      examples: ['seawall compliance host', 'seawall compliance host --template cis-docker --format junit'],
      options: [engineOption, ...complianceOptions],
      load: () => import('./compliance-host.ts'),
    },
    {
      name: 'container',
      usage: '<container>',
      summary: 'Judge a container of this host: as it was configured, and as the kernel has it',
      examples: ['seawall compliance container web', 'seawall compliance container 4f1c9ab0c2d4 --fail-on high'],
      options: [engineOption, ...complianceOptions],
      load: () => import('./compliance-container.ts'),
    },
  ],
};
