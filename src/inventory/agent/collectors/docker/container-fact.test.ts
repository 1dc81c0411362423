import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { ContainerFact } from '../../../contract.ts';
import { containerFact } from './container-fact.ts';
import { InspectedContainer } from './schema.ts';

/** As Docker 26.1 answered. */
function recorded(name: 'created' | 'running' | 'containerd-store'): InspectedContainer {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');
  return InspectedContainer.parse(JSON.parse(text));
}

const none = { allowEnvironments: [] };

describe('a container as its engine describes it', () => {
  test('is told with everything that gives it power over the host', () => {
    const fact = containerFact(recorded('running'), none);
    expect(ContainerFact.parse(fact)).toEqual(fact);
    expect(fact).toMatchObject({
      name: 'full',
      image: { id: expect.stringMatching(/^sha256:/), name: 'shop/box:1' },
      state: 'running',
      command: ['/bin/busybox', 'sleep', '1000'],
      labels: { a: 'b', 'seawall.environment': 'prod' },
      user: '1000:1000',
      privileged: true,
      readOnlyRoot: true,
      capabilities: { added: ['NET_ADMIN', 'SYS_PTRACE'], dropped: ['ALL'] },
      hostNamespaces: ['pid', 'network', 'ipc', 'uts'],
      securityOptions: ['no-new-privileges', 'label=disable'],
      networks: ['host'],
    });
    expect(fact).not.toHaveProperty('finishedAt');
    expect(fact).not.toHaveProperty('exitCode');
  });

  test.each(['created', 'running'] as const)('that is %s has its mounts in every form', (name) => {
    const { mounts } = containerFact(recorded(name), none);
    expect(mounts.toSorted((a, b) => a.target.localeCompare(b.target))).toEqual([
      { kind: 'volume', source: expect.stringMatching(/^[0-9a-f]{64}$/), target: '/anonymous', writable: true },
      { kind: 'bind', source: '/tmp/try', target: '/b2', writable: true },
      { kind: 'bind', source: '/tmp/try/bindsrc', target: '/bound', writable: false },
      { kind: 'tmpfs', source: '', target: '/scratch', writable: true },
      { kind: 'tmpfs', source: '', target: '/t2', writable: true },
      { kind: 'volume', source: 'third', target: '/v3', writable: false },
      { kind: 'volume', source: 'named', target: '/vol', writable: true },
    ]);
  });

  test('publishes ports only where the host listens, and asks for them before it runs', () => {
    expect(containerFact(recorded('created'), none).ports).toEqual([
      { container: 53, protocol: 'udp' },
      { container: 80, protocol: 'tcp', host: { address: '127.0.0.1', port: 8080 } },
    ]);
    const running = recorded('running');
    const network = {
      ...running.NetworkSettings,
      Ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '32768' },
          { HostIp: '::', HostPort: '32768' },
        ],
        '9/sctp': null,
      },
    };
    expect(containerFact({ ...running, NetworkSettings: network }, none).ports).toEqual([
      { container: 53, protocol: 'udp' },
      { container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port: 32_768 } },
      { container: 80, protocol: 'tcp', host: { address: '::', port: 32_768 } },
      { container: 9, protocol: 'sctp' },
    ]);
  });

  test('has the subject that it is given, and the defaults of a plain one', () => {
    const subject = `sha256:${'a'.repeat(64)}` as SubjectId;
    expect(containerFact(recorded('containerd-store'), { ...none, subject })).toMatchObject({
      subject,
      user: '',
      privileged: false,
      capabilities: { added: [], dropped: [] },
      hostNamespaces: ['cgroup'],
      mounts: [],
      ports: [],
      networks: ['none'],
    });
  });

  test('chooses its environment only among those that its host allows', () => {
    const container = recorded('running');
    const environment = (settings: { environment?: string; allowEnvironments: string[] }) =>
      containerFact(container, settings).environment;
    expect(environment({ environment: 'dev', allowEnvironments: [] })).toBe('dev');
    expect(environment({ environment: 'dev', allowEnvironments: ['test', 'prod'] })).toBe('prod');
    expect(environment({ allowEnvironments: ['test'] })).toBeUndefined();
  });

  test('becomes a fact whatever its texts hold and however many there are', () => {
    const container = recorded('running');
    const hostile = {
      ...container,
      Args: ['-c', 'a\nb\u0000', ...Array.from({ length: 300 }, () => 'x'.repeat(5000))],
      Config: { ...container.Config, User: '\u001b[31mroot', Labels: { ['k'.repeat(600)]: 'v\n'.repeat(4000) } },
      State: { ...container.State, Status: 'unheard of', FinishedAt: 'never' },
    };
    const fact = containerFact(hostile, none);
    expect(ContainerFact.parse(fact)).toEqual(fact);
    expect(fact.command.slice(0, 3)).toEqual(['/bin/busybox', '-c', 'a b ']);
  });

  test('that ended says when and how', () => {
    const container = recorded('running');
    const State = { ...container.State, Status: 'exited', ExitCode: 137, FinishedAt: '2026-11-24T19:00:00.5Z' };
    expect(containerFact({ ...container, State }, none)).toMatchObject({
      state: 'exited',
      exitCode: 137,
      finishedAt: '2026-11-24T19:00:00.500Z',
    });
  });
});
