import type { CommandEntry, OptionEntry } from '../command.ts';
import { consoleOptions } from './shared-options.ts';

const gateOptions: readonly OptionEntry[] = [
  { flags: '--engine <socket>', summary: 'socket of the Docker engine (DOCKER_HOST)' },
  { flags: '--state <folder>', summary: 'folder of the agent’s state' },
  { flags: '--instance <name>', summary: 'agent that answers for this host', default: 'default' },
];

/** `seawall gate` and the commands below it. */
export const gateCommand: CommandEntry = {
  name: 'gate',
  usage: '',
  summary: 'The gate that judges what starts on this host',
  examples: [
    'seawall gate status',
    'seawall gate install --authorization',
    'seawall gate allow "$DIGEST" --for 2h --reason "the till must open"',
    'seawall gate kubernetes surge-1 --environment prod --output webhook.yaml',
  ],
  options: [],
  load: () => import('./gate-status.ts'),
  commands: [
    {
      name: 'install',
      usage: '',
      summary: 'Put the gate in the place of the engine’s runtime; goes on where it was ended',
      examples: ['seawall gate install', 'seawall gate install --authorization', 'seawall gate install --no-divert'],
      options: [
        { flags: '--no-divert', summary: 'register it with the engine instead; other runtimes go past it' },
        { flags: '--authorization', summary: 'ask the agent about requests to the engine too' },
        {
          flags: '--when-broken <answer>',
          summary: 'allow or deny: what starts get when the gate’s own files cannot be read',
          default: 'deny',
        },
        {
          flags: '--unknown-engines <answer>',
          summary:
            'allow or deny: what starts get of engines that no agent watches, containerd’s own clients among them',
          default: 'allow',
        },
        { flags: '--wrapper <program>', summary: 'the wrapper (the one that was built here, or is installed)' },
        ...gateOptions,
      ],
      ofHost: true,
      load: () => import('./gate-install.ts'),
    },
    {
      name: 'status',
      usage: '',
      summary: 'How the gate, its ledger and the engine stand, and what to do',
      examples: ['seawall gate status', 'seawall gate status --format json'],
      options: [{ flags: '--format <format>', summary: 'table or json', default: 'table' }, ...gateOptions],
      ofHost: true,
      load: () => import('./gate-status.ts'),
    },
    {
      name: 'remove',
      usage: '',
      summary: 'Undo all that `gate install` changed, byte for byte',
      examples: ['seawall gate remove'],
      options: gateOptions,
      ofHost: true,
      load: () => import('./gate-remove.ts'),
    },
    {
      name: 'allow',
      usage: '<digest>',
      summary: 'Allow one image to start for a while with the console down; the audit trail gets it later',
      examples: ['seawall gate allow "$DIGEST" --for 2h --reason "the till must open"'],
      options: [
        { flags: '--for <time>', summary: 'how long: 30m, 2h, 1d' },
        { flags: '--reason <text>', summary: 'why, for the audit trail' },
        ...gateOptions,
      ],
      ofHost: true,
      load: () => import('./gate-allow.ts'),
    },
    {
      name: 'kubernetes',
      usage: '<cluster>',
      summary: 'Let a Kubernetes cluster ask the console about pods, and print the manifest for it',
      examples: [
        'seawall gate kubernetes surge-1 --environment prod --output webhook.yaml',
        'seawall gate kubernetes surge-1 --url https://seawall.example:8085',
      ],
      options: [
        { flags: '--environment <name>', summary: 'environment of namespaces that no collection gives one' },
        { flags: '--url <address>', summary: 'where the webhook of a console outside of the cluster is asked' },
        {
          flags: '--service <namespace/name>',
          summary: 'service of the webhook that the Helm chart made in the cluster',
        },
        { flags: '--webhook-port <number>', summary: 'port of the webhook in the cluster', default: '8085' },
        { flags: '--output <file>', summary: 'write the manifest there instead of to standard output' },
        { flags: '--fail-open', summary: 'let pods start while the console does not answer' },
        { flags: '--leave-out <namespace>', summary: 'namespace about which nothing is asked', repeated: true },
        { flags: '--remove', summary: 'answer the cluster no more' },
        ...consoleOptions,
      ],
      load: () => import('./gate-kubernetes.ts'),
    },
  ],
};
