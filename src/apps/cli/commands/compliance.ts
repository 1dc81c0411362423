import type { CommandEntry, OptionEntry } from '../command.ts';
import { scanOptions, scriptOption } from '../scan/option-entries.ts';
import { complianceTemplateCommand } from './compliance-template.ts';
import { namedConsoleOptions, quiet } from './shared-options.ts';

/** Templates and formats by their names: their code is loaded with the command. */
const complianceOptions: readonly OptionEntry[] = [
  {
    flags: '--template <id>',
    summary: 'only the checks of a template: nist-800-190, cis-docker, pci-dss-4, hipaa, own-…, a file',
  },
  { flags: '--fail-on <severity>', summary: 'low, medium, high or critical (medium)' },
  { flags: '--format <format>', summary: 'table, json, junit, sarif (table)' },
];

const baseOption = {
  flags: '--base <target>',
  summary: 'image that it is built on, to tell what is inherited (the nearest of the Docker engine)',
} as const;

/** Where scripts come from. */
const scriptConsole: readonly OptionEntry[] = [
  {
    flags: '--console <url>',
    summary: 'console with own templates, and scripts for --allow-scripts (SEAWALL_CONSOLE)',
  },
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
      options: [...complianceOptions, baseOption, ...scanOptions, scriptOption, ...scriptConsole, quiet],
      load: () => import('./compliance-image.ts'),
    },
    {
      name: 'host',
      usage: '',
      summary: 'Judge this host and its engine: files, accounts, kernel, settings in force',
      examples: ['seawall compliance host', 'seawall compliance host --template cis-docker --format junit'],
      options: [engineOption, ...complianceOptions, ...namedConsoleOptions],
      load: () => import('./compliance-host.ts'),
    },
    {
      name: 'container',
      usage: '<container>',
      summary: 'Judge a container of this host: as it was configured, and as the kernel has it',
      examples: ['seawall compliance container web', 'seawall compliance container 4f1c9ab0c2d4 --fail-on high'],
      options: [engineOption, ...complianceOptions, ...namedConsoleOptions],
      load: () => import('./compliance-container.ts'),
    },
    {
      name: 'report',
      usage: '',
      summary: 'Get evidence for an auditor from the console: a signed package, or one part of it',
      examples: [
        'seawall compliance report --output nist.zip --console https://seawall.example:8083 --token seawall_…',
        'seawall compliance report --template cis-docker --format html --output cis.html',
      ],
      options: [
        { flags: '--template <id>', summary: 'nist-800-190, cis-docker, pci-dss-4, hipaa, own-… (nist-800-190)' },
        { flags: '--at <date>', summary: 'how it stood at the end of this day, or at this moment (now)' },
        { flags: '--format <format>', summary: 'package, html, oscal, csv (package)' },
        { flags: '--output <file>', summary: 'write to this file' },
        { flags: '--env <environment>', summary: 'only of one environment' },
        { flags: '--application <name>', summary: 'only of one application' },
        { flags: '--days <number>', summary: 'days of history in the package (92)' },
        ...namedConsoleOptions,
      ],
      load: () => import('./compliance-report.ts'),
    },
    complianceTemplateCommand,
    {
      name: 'import',
      usage: '<file>',
      summary: 'Keep a result of OpenSCAP (XCCDF 1.2, ARF 1.1) on the console, beside what Seawall found itself',
      examples: [
        'seawall compliance import results.xml --host quay-02 --console https://seawall.example:8083 --token seawall_…',
        'seawall compliance import arf.xml --image sha256:4f1c9ab0c2d4…',
      ],
      options: [
        { flags: '--host <name>', summary: 'host that was scanned, as the page Hosts names it' },
        { flags: '--image <digest>', summary: 'digest of the image that was scanned' },
        { flags: '--console <url>', summary: 'console that keeps it (SEAWALL_CONSOLE)' },
        { flags: '--token <token>', summary: 'token for it (SEAWALL_TOKEN)' },
      ],
      load: () => import('./compliance-import.ts'),
    },
    {
      name: 'verify',
      usage: '<file>',
      summary: 'Verify a package of evidence, or one record of it, without console and network',
      examples: ['seawall compliance verify nist.zip --key 4f1c9ab0c2d4…'],
      options: [
        {
          flags: '--key <fingerprint>',
          summary: 'SHA-256 of the evidence key that is trusted; may be given several times',
          repeated: true,
        },
      ],
      load: () => import('./compliance-verify.ts'),
    },
  ],
};
