import type { CommandEntry } from '../command.ts';
import { scanOptions, scriptOption } from '../scan/option-entries.ts';
import { auditCommand } from './audit.ts';
import { complianceCommand } from './compliance.ts';
import { dbCommand } from './db.ts';
import { gateCommand } from './gate.ts';
import { keepingCommands } from './keeping.ts';
import { modelCommand } from './model.ts';
import { policyCommand } from './policy.ts';
import { selfCommand } from './self.ts';
import { consoleOptions, dbOptions, news, quiet } from './shared-options.ts';
import { thisProgram } from './this-program.ts';
import { verdictCommand } from './verdict.ts';

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'scan',
    usage: '[target]',
    summary: 'Scan an image, a folder or a bill of materials and judge it',
    examples: [
      'seawall scan surge/gauge-ingest:3.9',
      'seawall scan --input image.tar --fail-on high --only-fixed',
      'seawall scan oci:layout --format json --output result.json',
      'seawall scan app:7 --format html=report.html --format junit=report.xml --format sarif=report.sarif',
      'seawall scan app:8 --baseline app-7.json',
      'seawall scan app:8 --base debian:13.1 --newer-base debian:13.2',
      'seawall scan dir:/',
      'seawall scan sbom:app.cdx.json',
      'seawall scan app:7 --ignore .trivyignore --vex app.openvex.json',
      'seawall scan app:7 --console https://seawall.example:8083 --token seawall_…',
    ],
    options: [
      { flags: '--input <file>', summary: 'archive made by `docker save`, or an OCI layout in a tar' },
      {
        flags: '--format <format>',
        summary:
          'table, json, sarif, junit, html, cyclonedx, cyclonedx-1.7, spdx, gitlab, trivy (table); html=FILE writes a file',
        repeated: true,
      },
      { flags: '--output <file>', summary: 'write the result there instead of to standard output' },
      { flags: '--list', summary: 'list each finding in the table, not only the upgrades' },
      { flags: '--severity <levels>', summary: 'list only findings of these severities: critical,high' },
      { flags: '--fail-on <limit>', summary: 'low, medium, high, critical or a CVSS score (medium)' },
      {
        flags: '--fail-on-checks <severity>',
        summary: 'low, medium, high or critical: failed checks of the image fail the scan (they only alert)',
      },
      { flags: '--only-fixed', summary: 'count only findings that an upgrade removes' },
      { flags: '--policy <file>', summary: 'judge by the rules of this YAML file' },
      {
        flags: '--ignore <file>',
        summary: 'findings that do not count: .seawallignore, .trivyignore or its YAML form',
        repeated: true,
      },
      {
        flags: '--vex <file>',
        summary: 'VEX document of OpenVEX, CSAF or CycloneDX: what does not affect the target does not count',
        repeated: true,
      },
      { flags: '--baseline <file>', summary: 'count only findings that this JSON result of an earlier scan has not' },
      {
        flags: '--base <target>',
        summary: 'image that it is built on, to tell its findings apart; auto: by the engine',
      },
      { flags: '--newer-base <target>', summary: 'say which findings of the base are gone in this one' },
      ...dbOptions,
      { flags: '--console <url>', summary: 'publish to this console and print its verdict (SEAWALL_CONSOLE)' },
      { flags: '--token <token>', summary: 'token for the console (SEAWALL_TOKEN)' },
      { flags: '--job <name>', summary: 'build that this scan belongs to (what Jenkins, GitHub or GitLab say)' },
      { flags: '--application <name>', summary: 'application that the target belongs to, on the console' },
      ...scanOptions,
      { flags: '--verify', summary: 'hash the archive and the database again, unchanged or not, and match again' },
      scriptOption,
      quiet,
    ],
    load: () => import('./scan.ts'),
  },
  {
    name: 'sbom',
    usage: '<target>',
    summary: 'Write the bill of materials of an image or a folder',
    examples: [
      'seawall sbom surge/gauge-ingest:3.9 --output app.cdx.json',
      'seawall sbom archive:image.tar > image.cdx.json',
      'SOURCE_DATE_EPOCH=0 seawall sbom dir:/srv/app',
    ],
    options: [
      { flags: '--format <format>', summary: 'cyclonedx, cyclonedx-1.7 or spdx (cyclonedx)' },
      { flags: '--output <file>', summary: 'write it there instead of to standard output' },
      ...scanOptions,
      quiet,
    ],
    load: () => import('./sbom.ts'),
  },
  {
    name: 'diff',
    usage: '<old> <new>',
    summary: 'What is new, worse and gone between two JSON results or targets: 1 where anything is new',
    examples: [
      'seawall diff app-7.json app-8.json',
      'seawall diff app-7.json app:8 --format json --output diff.json',
      'seawall diff debian:13.1 debian:13.2',
    ],
    options: [
      { flags: '--format <format>', summary: 'table or json', default: 'table' },
      { flags: '--output <file>', summary: 'write it there instead of to standard output' },
      ...dbOptions,
      ...scanOptions,
      quiet,
    ],
    load: () => import('./diff.ts'),
  },
  dbCommand,
  {
    name: 'console',
    usage: '',
    summary: 'Run the console: web pages, API and its PostgreSQL',
    examples: [
      'seawall console',
      'seawall console --sign-in-link',
      'seawall console --host 0.0.0.0 --host-name seawall.example',
    ],
    options: [
      { flags: '--port <number>', summary: 'port of the pages and the API', default: '8083' },
      { flags: '--link-port <number>', summary: 'port that agents dial', default: '8084' },
      { flags: '--webhook-port <number>', summary: 'port that API servers of Kubernetes ask (none)' },
      { flags: '--host <address>', summary: 'address to listen on (127.0.0.1; in its image, all of the container)' },
      { flags: '--host-name <name>', summary: 'further name that browsers may use for it', repeated: true },
      { flags: '--sign-in-link', summary: 'print a new one-time link for the console that runs here' },
      {
        flags: '--reset-keys',
        summary: 'continue without the master key: discard what it sealed; agents must join again',
      },
      {
        flags: '--rotate-evidence-key',
        summary: 'give the evidence log of the console that runs here a new key',
      },
      { flags: '--yes', summary: 'do not ask before keys are discarded' },
      { flags: '--metrics <address>', summary: 'serve metrics for Prometheus there, like 127.0.0.1:9464 (none)' },
      { flags: '--no-local-scan', summary: 'do not scan what this machine holds' },
      { flags: '--db <file>', summary: 'vulnerability database (SEAWALL_DB, else the one of this user)' },
      { flags: '--scan <target>', summary: 'scan this target too, at start', repeated: true },
      quiet,
    ],
    load: () => import('./console.ts'),
  },
  {
    name: 'agent',
    usage: '',
    summary: 'Report what this host holds and runs, and scan what the console wants',
    examples: [
      'seawall agent --console https://seawall.example:8084 --environment prod --token-file -',
      'seawall agent --console https://seawall.example:8084 --environment prod',
      'seawall agent --console https://seawall.example:8084 --engine /run/blue.sock --instance blue',
    ],
    options: [
      { flags: '--console <url>', summary: 'console to report to (SEAWALL_CONSOLE)' },
      {
        flags: '--token-file <file>',
        summary: 'file with the join token, for the first start; - asks, or reads a pipe',
      },
      {
        flags: '--token <token>',
        summary: 'the join token itself, which all users of the host then see in `ps` (SEAWALL_TOKEN)',
      },
      { flags: '--engine <socket>', summary: 'socket of the Docker engine (DOCKER_HOST)' },
      { flags: '--state <folder>', summary: 'folder of identity, spool and log (in that of this user’s programs)' },
      { flags: '--instance <name>', summary: 'tells several agents of one host apart (default)' },
      { flags: '--environment <name>', summary: 'environment of this host: dev, test, prod, any' },
      {
        flags: '--allow-environments <names>',
        summary: 'those that a container’s label seawall.environment may choose',
      },
      { flags: '--host-name <name>', summary: 'what the host is called (its own name)' },
      {
        flags: '--sensor <program>',
        summary: 'the sensor to start where none listens (the one that was built here, or is installed)',
      },
      { flags: '--service', summary: 'join, and leave the agent to the units of the package from then on' },
      {
        flags: '--remove',
        summary: 'end the agent’s container and its sensor, and remove all that it keeps on this host',
      },
      { flags: '--no-runtime', summary: 'do not watch what containers do' },
      { flags: '--no-gates', summary: 'do not answer the gates that judge starts' },
      { flags: '--authorization', summary: 'serve the engine’s authorization plugin' },
      { flags: '--metrics <address>', summary: 'serve metrics for Prometheus there, like 127.0.0.1:9465 (none)' },
      { flags: '--own-image <digest>', summary: 'image of Seawall itself, which always starts', repeated: true },
      {
        flags: '--trial-every <seconds>',
        summary: 'period within which each block line in force is tried',
        hidden: true,
      },
      { flags: '--canary-every <seconds>', summary: 'pause between two trials of the gates', hidden: true },
      { flags: '--also <target>', summary: 'scan this target too', repeated: true, hidden: true },
      { flags: '--no-local-scan', summary: 'only the targets named with --also', hidden: true },
      { flags: '--until-input-ends', summary: 'end with the program that started this one', hidden: true },
      { ...news, hidden: true },
      ...scanOptions,
    ],
    ofHost: true,
    load: () => import('./agent.ts'),
  },
  {
    name: 'token',
    usage: '[name]',
    summary: 'Create an API token on the console that runs here, or confirm those that are held since a restore',
    examples: [
      'seawall token jenkins --role ci --repository registry.example/shop/app --days 90',
      'seawall token --confirm',
    ],
    options: [
      { flags: '--role <role>', summary: 'administrator, operator, auditor, developer or ci', default: 'ci' },
      { flags: '--repository <pattern>', summary: 'repository that a ci token speaks for', repeated: true },
      { flags: '--days <number>', summary: 'days until it expires (never)' },
      { flags: '--confirm', summary: 'list the tokens that are held since a restore, and have them work again' },
      { flags: '--yes', summary: 'confirm without a question' },
    ],
    load: () => import('./token.ts'),
  },
  complianceCommand,
  auditCommand,
  ...keepingCommands,
  policyCommand,
  verdictCommand,
  {
    name: 'alerts',
    usage: '',
    summary: 'What containers did that their model, the image or a threat detector objects to',
    examples: ['seawall alerts', 'seawall alerts --container web --since 1h', 'seawall alerts --follow --format json'],
    options: [
      { flags: '--container <id>', summary: 'id, the beginning of it, or name' },
      { flags: '--since <time>', summary: 'moment (ISO 8601), or how long ago: 10m, 2h, 3d' },
      { flags: '--follow', summary: 'go on and print what comes' },
      { flags: '--format <format>', summary: 'table or json (one object a line)', default: 'table' },
      ...consoleOptions,
    ],
    load: () => import('./alerts.ts'),
  },
  {
    name: 'containers',
    usage: '',
    summary: 'What runs, and how it is protected: by what, since when, and why not',
    examples: [
      'seawall containers',
      'seawall containers --not-protected',
      'seawall containers --environment prod --format json',
    ],
    options: [
      { flags: '--environment <name>', summary: 'only of this environment; none: of no environment' },
      { flags: '--host <name>', summary: 'only of this host' },
      { flags: '--not-protected', summary: 'only those that are not known to be protected as their rules ask' },
      { flags: '--format <format>', summary: 'table or json', default: 'table' },
      ...consoleOptions,
    ],
    load: () => import('./containers.ts'),
  },
  {
    name: 'code',
    usage: '<container>',
    summary: 'What code runs in a container: all of its image, or other code; signed by its host',
    examples: ['seawall code web', 'seawall code 4f1c9ab0c2d4 --format json', 'seawall code web --all'],
    options: [
      { flags: '--all', summary: 'print the files of the image too' },
      { flags: '--last', summary: 'print what the host said last, and do not ask it' },
      { flags: '--format <format>', summary: 'table or json', default: 'table' },
      ...consoleOptions,
    ],
    load: () => import('./code.ts'),
  },
  {
    name: 'decisions',
    usage: '',
    summary: 'What gates let start and refused: who, what, by which rule, why, in what time',
    examples: ['seawall decisions', 'seawall decisions --answer deny --since 1h', 'seawall decisions --format json'],
    options: [
      { flags: '--since <time>', summary: 'moment (ISO 8601), or how long ago: 10m, 2h, 3d' },
      { flags: '--answer <answer>', summary: 'allow or deny' },
      {
        flags: '--gate <gate>',
        summary: 'docker-authorization, kubernetes-webhook, runtime-wrapper, sweep or canary',
      },
      { flags: '--image <digest>', summary: 'config digest of an image' },
      { flags: '--format <format>', summary: 'table or json (one object a line)', default: 'table' },
      ...consoleOptions,
    ],
    load: () => import('./decisions.ts'),
  },
  modelCommand,
  gateCommand,
  {
    name: 'list',
    usage: '<kind>',
    summary:
      'Plug-ins of a kind: ecosystems, analyzers, sources, formats, feeds, schemes, rules, detectors, checks, templates',
    examples: ['seawall list analyzers', 'seawall list checks', 'seawall list feeds --format json'],
    options: [{ flags: '--format <format>', summary: 'table or json', default: 'table' }],
    load: () => import('./list.ts'),
  },
  selfCommand,
  ...thisProgram,
  {
    name: 'catalog',
    usage: '<target>',
    summary: 'Write what a scan finds as JSON, without findings or verdict',
    examples: ['seawall catalog dir:/'],
    options: [
      { flags: '--name <name>', summary: 'what to call the target' },
      { flags: '--until-input-ends', summary: 'end when standard input does, with the program that started this one' },
      ...scanOptions,
    ],
    load: () => import('./catalog.ts'),
    hidden: true,
  },
];
