import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { busyboxImage } from '#inventory/agent/testing.ts';
import { createJoinToken } from '#link/contract.ts';
import { debName, makeDeb } from '../../tools/release/deb.ts';
import { layTree, treeFolder } from '../../tools/release/tree.ts';
import { type BareRoot, openBareRoot } from './bare-root.ts';
import { freePort } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { repository } from './seawall.ts';

const out = mkdtempSync(join(tmpdir(), 'seawall-release-'));
const release = { root: repository, out, version: '0.1.0', epoch: 1_796_083_200 };
const state = makeStateFolder();
const file = join(out, debName(release));
let root: BareRoot;
let console: RealConsole;
let linkPort: number;
const started: ChildProcess[] = [];

beforeAll(async () => {
  // A tree that was laid out before saves minutes.
  const laid = process.env['SEAWALL_TREE'];
  if (laid === undefined) await layTree(release);
  else spawnSync('cp', ['-a', laid, treeFolder(release)]);
  await makeDeb(release);
  root = await openBareRoot();
  // Whatever this machine has of Seawall is not there before.
  ok(['rm', '-rf', '/var/lib/seawall', '/var/cache/seawall', '/etc/seawall']);
  copyFileSync(file, join(root.disk, 'seawall.deb'));
  linkPort = await freePort();
  console = await startConsole({ state: state.folder, linkPort });
}, 900_000);
afterAll(async () => {
  for (const child of started) child.kill('SIGTERM');
  await wait(2000);
  await root.close();
  await console.end('SIGTERM');
  state.remove();
  for (const one of [out, treeFolder(release)]) rmSync(one, { recursive: true });
});

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Every file of the root with its mode and size, but what dpkg and others note of each change. */
function files(): readonly string[] {
  const { out: text } = root.run([
    'find',
    '/etc',
    '/usr',
    '/var',
    '/opt',
    '/run',
    '/sys/fs/bpf',
    '-printf',
    '%p %y %m %l\n',
  ]);
  const noted =
    /^\/var\/(?:log|lib\/dpkg\/(?:status|available|lock|triggers|diversions)|cache\/(?:man|ldconfig|debconf))/;
  const all = text.split('\n');
  expect(all.length).toBeGreaterThan(10_000);
  expect(all.some((line) => line.startsWith('/var/lib/dpkg'))).toBe(true);
  return all.filter((line) => !noted.test(line) && !line.startsWith('/sys/fs/bpf/seawall')).toSorted();
}

function ok(words: readonly string[], input?: string): string {
  const { code, out: said } = root.run(words, input);
  expect(`${words.join(' ')}: ${code}\n${code === 0 ? '' : said}`).toBe(`${words.join(' ')}: 0\n`);
  return said;
}

/** Processes of the package's programs; what lies in another root is another file. */
const running = `for exe in /proc/[0-9]*/exe; do
  for file in /usr/lib/seawall/bin/node /usr/lib/seawall/native/build/*; do [ "$exe" -ef "$file" ] && echo "$exe"; done
done; true`;

async function joinToken(): Promise<string> {
  const token = await newToken(state.folder, `package-${started.length}`, 'administrator');
  const body = { name: 'package', environments: ['test'] };
  return (await call(createJoinToken, { body }, { baseUrl: console.origin, token })).secret;
}

describe('the package', { timeout: 600_000 }, () => {
  test('is equal when it is made again, and sound', async () => {
    const first = hashOf(file);
    await makeDeb(release);
    expect(hashOf(file)).toBe(first);
    const field = (name: string) => spawnSync('dpkg-deb', ['--field', file, name], { encoding: 'utf8' }).stdout.trim();
    expect(field('Version')).toBe('0.1.0');
    expect(field('Depends')).toMatch(/^(?:[a-z0-9+-]+(?: \(>= [\d.:]+\))?(?:, | \| |$))+$/);
    expect(field('Depends')).toMatch(/libc6 \(>= 2\.\d\d\).*libstdc\+\+6 \(>= /);
    expect(Number(field('Installed-Size'))).toBeGreaterThan(100_000);
  });

  let before: readonly string[];

  test('installs and starts nothing, and says the one next command', () => {
    before = files();
    const said = ok(['dpkg', '-i', '/srv/seawall.deb']);
    expect(said).toContain('seawall agent --console https://CONSOLE:8084 --token-file - --service');
    expect(ok(['dpkg', '--verify', 'seawall'])).toBe('');
    expect(ok(['seawall', 'version'])).toBe('0.1.0\n');
    expect(ok(['sh', '-c', running])).toBe('');
    for (const unit of ['seawall-agent.service', 'seawall-sensor@.service'])
      expect(ok(['test', '-f', `/usr/lib/systemd/system/${unit}`])).toBe('');
    const where = ok([
      'sh',
      '-c',
      'for unit in /usr/lib/systemd/system/seawall-*; do sed -n "s/^ExecStart=\\([^ ]*\\).*/\\1/p;s/^Documentation=file:..//p" $unit; done',
    ]);
    for (const path of where.trim().split('\n')) ok(['test', '-e', path]);
  });

  test('joins a host by its command, and keeps that on upgrade', async () => {
    const url = `https://127.0.0.1:${linkPort}`;
    const words = ['seawall', 'agent', '--console', url, '--environment', 'test', '--token-file', '-', '--service'];
    expect(ok(words, await joinToken())).toContain(`Start it: seawall agent --console ${url}`);
    const conf = ok(['cat', '/etc/seawall/agent.conf']);
    expect(conf).toBe(`SEAWALL_CONSOLE=${url}\nSEAWALL_AGENT_OPTIONS="--environment test"\n`);
    const identity = ok(['cat', '/var/lib/seawall/agent/default/identity.json']);
    const said = ok(['dpkg', '-i', '/srv/seawall.deb']);
    expect(said).not.toContain('--service');
    expect(ok(['cat', '/etc/seawall/agent.conf'])).toBe(conf);
    expect(ok(['cat', '/var/lib/seawall/agent/default/identity.json'])).toBe(identity);
  });

  test('removed, keeps what the host is; purged, leaves nothing that was not there before, and names what goes', () => {
    ok(['dpkg', '-r', 'seawall']);
    ok(['test', '-f', '/var/lib/seawall/agent/default/identity.json']);
    ok(['test', '!', '-e', '/usr/lib/seawall']);
    const said = ok(['dpkg', '-P', 'seawall']);
    expect(said).toContain('deleting /etc/seawall');
    expect(said).toContain('deleting /var/lib/seawall, identity');
    expect(files()).toEqual(before);
  });

  test('with the gate in place, is removed and leaves every container startable', async () => {
    ok(['dpkg', '-i', '/srv/seawall.deb']);
    const runc = ok(['sha256sum', '/usr/sbin/runc']);
    const places = ['--data-root', '/srv/docker', '--exec-root', '/run/docker-own', '--pidfile', '/run/own.pid'];
    started.push(root.start(['dockerd', ...places, '--bridge=none', '--iptables=false', '--ip6tables=false']));
    await until(() => root.run(['docker', 'version']).code === 0);
    writeFileSync(join(root.disk, 'box.tar'), busyboxImage(['box:1']).bytes);
    ok(['docker', 'load', '-i', '/srv/box.tar']);
    const start = (name: string) =>
      ok(['docker', 'run', '-d', '--name', name, '--network', 'none', 'box:1', '/bin/busybox', 'sleep', '9999']);
    start('early');
    const url = `https://127.0.0.1:${linkPort}`;
    writeFileSync(join(root.disk, 'token'), await joinToken(), { mode: 0o600 });
    // The identity of the case before was purged, and its name is taken.
    const words = ['--environment', 'test', '--host-name', 'gated-host', '--token-file', '/srv/token'];
    started.push(root.start(['seawall', 'agent', '--console', url, ...words]));
    await until(() => /"sequence"/.test(root.run(['seawall', 'gate', 'status', '--format', 'json']).out));
    await until(() => root.run(['test', '-s', '/var/lib/seawall/agent/default/gate/ledger']).code === 0);
    ok(['seawall', 'gate', 'install']);
    expect(ok(['sha256sum', '/usr/sbin/runc'])).not.toBe(runc);
    start('gated');
    ok(['docker', 'stop', '-t', '0', 'early']);
    const at = ok(['docker', 'inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', 'gated']);

    const programs = ok(['sh', '-c', running]).trim().split('\n');
    expect(programs.length).toBeGreaterThan(2);

    expect(ok(['dpkg', '-r', 'seawall'])).toContain('removing the gate');
    expect(ok(['sha256sum', '/usr/sbin/runc'])).toBe(runc);
    expect(programs.filter(isAlive)).toEqual([]);
    expect(ok(['docker', 'inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', 'gated'])).toBe(at);
    ok(['docker', 'exec', 'gated', '/bin/busybox', 'true']);
    ok(['docker', 'start', 'early']);
    ok(['docker', 'restart', '-t', '0', 'gated']);
    start('late');
    expect(existsSync('/sys/fs/bpf/seawall/default')).toBe(false);
    ok(['docker', 'rm', '-f', 'early', 'gated', 'late']);
  });
});

/** One that ended and that nobody has waited for yet has no program any more. */
function isAlive(exe: string): boolean {
  try {
    return readlinkSync(exe) !== '';
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 300) throw new Error('It took too long.');
    await wait(200);
  }
}
