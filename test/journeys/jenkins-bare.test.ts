import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeX64Executable } from '../../tools/release/one-file.ts';
import { groovy, runPipeline } from './jenkins-pipeline.ts';
import { layOutAlpineDatabase } from './make-scan.ts';
import { makeMediumImages } from './medium-image.ts';
import { repository } from './seawall.ts';

// Each test starts whole programs.
vi.setConfig({ testTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'seawall-jenkins-bare-'));
chmodSync(folder, 0o755);
/** The machine's own root, and what it has in common with this one. */
const [root, shared] = [join(folder, 'root'), join(folder, 'shared')];
mkdirSync(shared);
const [database, key] = [join(shared, 'vulnerability.db'), join(shared, 'database.pub')];
const { vulnerable, rebuilt } = makeMediumImages(shared);
const user = 12_345;

beforeAll(async () => {
  await makeX64Executable({ root: repository, out: join(folder, 'out'), version: '0.0.0', epoch: 1 });
  layOutRoot(join(folder, 'out/seawall-linux-x64'));
  await layOutAlpineDatabase(folder);
  copyFileSync(join(folder, 'vulnerability.db'), database);
  copyFileSync(join(folder, 'keys/database.pub'), key);
  for (const path of [database, key]) chmodSync(path, 0o644);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** The one file, the libraries that it names, and busybox: no Node, no accounts, nothing of Debian's. */
function layOutRoot(executable: string): void {
  for (const name of ['bin', 'tmp', 'dev', 'proc', 'home', shared]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(executable, join(root, 'bin/seawall'));
  for (const name of ['busybox', 'sh']) copyFileSync('/usr/bin/busybox', join(root, 'bin', name));
  const linked = execFileSync('ldd', [executable], { encoding: 'utf8' });
  for (const [, library = ''] of linked.matchAll(/(?:=>|^)\s+(\/\S+)/gm)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
  chmodSync(join(root, 'tmp'), 0o1777);
}

interface Machine {
  readonly name: string;
  /** Variables of the scan. */
  readonly env?: readonly string[];
  /** A command that prepares the machine's `/home`. */
  readonly home?: string;
}

/** What the step calls: the one file in that root, without a network, as a user that has no account and no rights. */
function programOn({ name, env = [], home = 'true' }: Machine): string {
  const mounts = [
    `mount --bind ${shared} ${root}${shared}`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t proc proc ${root}/proc`,
    `mount -t tmpfs -o size=32k,mode=755,uid=${user} none ${root}/home`,
    home,
  ];
  const inside = `exec chroot --userspec=${user}:${user} --groups= ${root} /bin/busybox env -i PATH=/bin ${env.join(' ')} sh -c 'cd "$0" && exec seawall "$@"' "$PWD" "$@"`;
  const enter = join(folder, `enter-${name}`);
  writeFileSync(enter, `set -e\n${mounts.join('\n')}\n${inside}\n`);
  const program = join(folder, name);
  writeFileSync(program, `#!/bin/sh\nexec unshare --mount --net sh ${enter} "$@"\n`, { mode: 0o755 });
  return program;
}

async function build(machine: Machine, options: string) {
  const workspace = mkdtempSync(join(shared, 'workspace-'));
  chmodSync(workspace, 0o777);
  const judged = options.includes('db:') ? options : `${options}, db: ${groovy(database)}`;
  // The step makes the folder of its reports as the user that runs Jenkins here.
  mkdirSync(join(workspace, 'seawall-reports'), { mode: 0o777 });
  chmodSync(join(workspace, 'seawall-reports'), 0o777);
  const seawall = groovy(programOn(machine));
  return await runPipeline(shared, `seawallScan(seawall: ${seawall}, dbKey: ${groovy(key)}, ${judged})`, { workspace });
}

describe('the Jenkins step on a build machine without Node and network', () => {
  test.each([
    { what: 'passes', options: `input: ${groovy(rebuilt)}`, result: 'SUCCESS', said: 'passes.' },
    { what: 'fails', options: `input: ${groovy(vulnerable)}`, result: 'FAILURE', said: 'breaks the policy.' },
    {
      what: 'cannot judge',
      options: `input: ${groovy(rebuilt)}, db: '/absent.db'`,
      result: 'FAILURE',
      said: 'could not be judged, which is no pass.',
    },
  ])('$what, and keeps every report', async ({ options, result, said }) => {
    const ended = await build({ name: 'plain' }, options);
    expect([ended.result, ended.log]).toEqual([result, expect.stringContaining(said)]);
    expect(ended.artifacts).toHaveLength(4);
  });

  test.each<Machine>([
    { name: 'no-home' },
    { name: 'relative-home', env: ['HOME=.'] },
    { name: 'home-of-root', env: ['HOME=/home'], home: `chown 0 ${root}/home` },
    { name: 'home-read-only', env: ['HOME=/home'], home: `mount -o remount,ro,bind ${root}/home` },
    { name: 'home-full', env: ['HOME=/home'] },
    { name: 'home-of-all', env: ['HOME=/home'], home: `chmod 777 ${root}/home` },
    { name: 'temporary-missing', env: ['TMPDIR=/absent'] },
    { name: 'temporary-read-only', env: ['TMPDIR=/proc'] },
  ])('gives the same verdict with $name', async (machine) => {
    const passed = await build(machine, `input: ${groovy(rebuilt)}`);
    expect([passed.result, passed.log]).toEqual(['SUCCESS', expect.stringContaining('passes.')]);
    const failed = await build(machine, `input: ${groovy(vulnerable)}`);
    expect([failed.result, failed.log]).toEqual(['FAILURE', expect.stringContaining('breaks the policy.')]);
    expect(existsSync(join(root, 'home/.cache'))).toBe(false);
  });
});
