import type { CommandEntry, OptionEntry } from '../command.ts';
import { scanOptions } from '../scan/options.ts';

const quiet: OptionEntry = { flags: '--quiet', summary: 'no progress' };
/** For programs that start this one: progress as JSON, one object a line on standard output. */
const news: OptionEntry = { flags: '--news', summary: 'progress as JSON lines on standard output' };
const dbOptions: readonly OptionEntry[] = [
  { flags: '--db <file>', summary: 'vulnerability database (SEAWALL_DB, else the one of this user)' },
  { flags: '--db-key <file>', summary: 'public key that the database must be signed with' },
  { flags: '--allow-unsigned-db', summary: 'accept a database that no known key signed' },
];

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'scan',
    usage: '[target]',
    summary: 'Scan an image or a folder and judge it',
    examples: [
      'seawall scan surge/gauge-ingest:3.9',
      'seawall scan --input image.tar --fail-on high --only-fixed',
      'seawall scan oci:layout --format json --output result.json',
      'seawall scan app:7 --format html=report.html --format junit=report.xml --format sarif=report.sarif',
      'seawall scan dir:/',
      'seawall scan app:7 --console https://seawall.example:8083 --token seawall_…',
    ],
    options: [
      { flags: '--input <file>', summary: 'archive made by `docker save`, or an OCI layout in a tar' },
      {
        flags: '--format <format>',
        summary: 'table, json, sarif, junit or html (table); html=FILE writes a file, any number of them',
        repeated: true,
      },
      { flags: '--output <file>', summary: 'write the result there instead of to standard output' },
      { flags: '--fail-on <limit>', summary: 'low, medium, high, critical or a CVSS score (medium)' },
      { flags: '--only-fixed', summary: 'count only findings that an upgrade removes' },
      { flags: '--policy <file>', summary: 'judge by the rules of this YAML file' },
      ...dbOptions,
      { flags: '--console <url>', summary: 'publish to this console and print its verdict (SEAWALL_CONSOLE)' },
      { flags: '--token <token>', summary: 'token for the console (SEAWALL_TOKEN)' },
      { flags: '--job <name>', summary: 'build that this scan belongs to (what Jenkins, GitHub or GitLab say)' },
      { flags: '--application <name>', summary: 'application that the target belongs to, on the console' },
      ...scanOptions,
      quiet,
    ],
    load: () => import('./scan.ts'),
  },
  {
    name: 'db',
    usage: '',
    summary: 'Build, fetch and inspect the vulnerability database',
    examples: ['seawall db info', 'seawall db build --feeds ./feeds --out vulnerability.db'],
    options: [],
    load: () => import('./db-info.ts'),
    commands: [
      {
        name: 'build',
        usage: '',
        summary: 'Build it from a folder of OSV dumps, KEV, EPSS and CVSS',
        examples: ['seawall db build --feeds ./feeds --out vulnerability.db'],
        options: [
          { flags: '--feeds <folder>', summary: 'folder of feeds (SEAWALL_FEEDS)' },
          { flags: '--out <file>', summary: 'file to write (this user’s database)' },
          quiet,
          news,
        ],
        load: () => import('./db-build.ts'),
      },
      {
        name: 'update',
        usage: '',
        summary: 'Fetch the public feeds and build it from them',
        examples: ['seawall db update'],
        options: [{ flags: '--out <file>', summary: 'file to write (this user’s database)' }, quiet, news],
        load: () => import('./db-update.ts'),
      },
      {
        name: 'import',
        usage: '<file>',
        summary: 'Take over a database file that was built elsewhere',
        examples: ['seawall db import /media/usb/vulnerability.db --db-key builder.pub'],
        options: dbOptions.slice(1),
        load: () => import('./db-import.ts'),
      },
      {
        name: 'info',
        usage: '',
        summary: 'Sources, counts, age and signature',
        examples: ['seawall db info', 'seawall db info --format json'],
        options: [...dbOptions, { flags: '--format <format>', summary: 'table or json', default: 'table' }],
        load: () => import('./db-info.ts'),
      },
    ],
  },
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
      { flags: '--host <address>', summary: 'address to listen on', default: '127.0.0.1' },
      { flags: '--host-name <name>', summary: 'further name that browsers may use for it', repeated: true },
      { flags: '--sign-in-link', summary: 'print a new one-time link for the console that runs here' },
      { flags: '--no-local-scan', summary: 'do not scan what this machine holds' },
      { flags: '--db <file>', summary: 'vulnerability database (SEAWALL_DB, else the one of this user)' },
      { flags: '--scan <target>', summary: 'scan this target too, at start', repeated: true },
      quiet,
    ],
    load: () => import('./console.ts'),
  },
  {
    name: 'token',
    usage: '<name>',
    summary: 'Make an API token on the console that runs here',
    examples: ['seawall token jenkins --role ci --repository registry.example/shop/app --days 90'],
    options: [
      { flags: '--role <role>', summary: 'administrator, operator, auditor, developer or ci', default: 'ci' },
      { flags: '--repository <pattern>', summary: 'repository that a ci token speaks for', repeated: true },
      { flags: '--days <number>', summary: 'days until it expires (never)' },
    ],
    load: () => import('./token.ts'),
  },
  {
    name: 'audit',
    usage: '',
    summary: 'The trail of who changed what',
    examples: ['seawall audit verify'],
    options: [],
    load: () => import('./audit-verify.ts'),
    commands: [
      {
        name: 'verify',
        usage: '',
        summary: 'Verify that no entry of the trail was changed or taken out',
        examples: [
          'seawall audit verify',
          'seawall audit verify --console https://seawall.example:8083 --token seawall_…',
        ],
        options: [
          { flags: '--console <url>', summary: 'ask this console (SEAWALL_CONSOLE), else the one that runs here' },
          { flags: '--token <token>', summary: 'token of an auditor or administrator (SEAWALL_TOKEN)' },
        ],
        load: () => import('./audit-verify.ts'),
      },
    ],
  },
  {
    name: 'policy',
    usage: '',
    summary: 'Check a policy file, and try it on what the console knows',
    examples: ['seawall policy test policy.yaml'],
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
        examples: ['seawall policy replay policy.yaml --console https://seawall.example:8083 --policy-id production'],
        options: [
          { flags: '--console <url>', summary: 'console to ask (SEAWALL_CONSOLE)' },
          { flags: '--token <token>', summary: 'token for it (SEAWALL_TOKEN)' },
          { flags: '--policy-id <id>', summary: 'policy that the file stands for; a new id is tried as a new policy' },
          { flags: '--days <number>', summary: 'how far back builds are judged', default: '30' },
          { flags: '--format <format>', summary: 'table or json', default: 'table' },
        ],
        load: () => import('./policy-replay.ts'),
      },
    ],
  },
  {
    name: 'list',
    usage: '<kind>',
    summary: 'Plug-ins of a kind: analyzers, sources, formats, feeds, schemes, rules',
    examples: ['seawall list analyzers', 'seawall list feeds --format json'],
    options: [{ flags: '--format <format>', summary: 'table or json', default: 'table' }],
    load: () => import('./list.ts'),
  },
  {
    name: 'scan-host',
    usage: '',
    summary: 'Scan what this machine holds and keep telling the console',
    examples: ['SEAWALL_TOKEN=… seawall scan-host --console http://127.0.0.1:8083'],
    options: [
      { flags: '--console <url>', summary: 'console to publish to (SEAWALL_CONSOLE)' },
      { flags: '--until-input-ends', summary: 'end when standard input does, with the program that started this one' },
      { flags: '--also <target>', summary: 'a target besides those of the engine', repeated: true },
      { flags: '--no-local-scan', summary: 'only the targets named with --also' },
      ...scanOptions,
    ],
    load: () => import('./scan-host.ts'),
    hidden: true,
  },
];
