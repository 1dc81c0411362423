import { appendFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyboxImage } from '#inventory/agent/testing.ts';
import { type Host, listContainers, listHosts, type Protection } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { debName, makeDeb } from '../../../tools/release/deb.ts';
import { type Release, releaseOf } from '../../../tools/release/release.ts';
import { layTree, programFolder, treeFolder } from '../../../tools/release/tree.ts';
import { repository } from '../../journeys/seawall.ts';
import { diskLabels } from '../../make/qemu-host/guest.ts';
import { bootHost, type Host as Machine } from '../../make/qemu-host/host.ts';
import type { Ran } from '../../make/qemu-host/shell.ts';
import { file } from '../../make/tar.ts';
import type { Closers, LabConsole } from '../lab-console.ts';
import { expectThat, type LabOptions, until } from '../lab.ts';

/** A machine with systemd and Docker, emulated, that gets Seawall by its package. */
export interface PackageHost {
  readonly machine: Machine;
  /** Every file of the machine before it had Seawall, with its kind and mode. */
  readonly before: readonly string[];
  run(...words: readonly string[]): Promise<Ran>;
  /** What the command printed on both streams; rejects when it fails. */
  must(...words: readonly string[]): Promise<string>;
  /** Installs a package that was copied in. */
  install(name: PackageName): Promise<string>;
  /** Joins by the one command of the package, once. */
  join(): Promise<string>;
  /** Starts a container that goes on, and that the engine starts again with itself. */
  server(name: string, image?: string): Promise<void>;
  /** Loads an image that nobody has seen. */
  load(image: string): Promise<void>;
  /** Waits until the console shows a container so. */
  shown(name: string, fits: (one: Protection) => boolean): Promise<void>;
  /** Waits until the console has heard the agent since then. */
  isHeard(since: Date): Promise<void>;
  /** Whether what was dropped ran since the last look; wipes its mark. */
  wasMarked(): Promise<boolean>;
}

/** `other-sensor` brings another program of the sensor; all else is equal. */
const packages = ['seawall', 'other-sensor'] as const;
type PackageName = (typeof packages)[number];

/** Image of the containers. */
export const boxImage = 'box:1';
/** As the console calls the machine. */
const name = 'guest';

interface Ground extends Pick<LabOptions, 'armed' | 'say'> {
  readonly console: LabConsole;
}

/** Nothing of Seawall is installed yet. */
export async function openPackageHost(ground: Ground, closers: Closers): Promise<PackageHost> {
  const { console, say } = ground;
  const folder = mkdtempSync(join(tmpdir(), 'seawall-package-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  say('laying out the programs of the release, and making packages of them');
  await makePackages(folder);
  const reaches = [console.linkPort];
  const machine = await bootHost({ kernel: 'trixie', say, reboots: true, reaches, brings: join(folder, 'packages') });
  closers.push(() => machine.close());
  const run = (...words: readonly string[]): Promise<Ran> => machine.run(words);
  const must = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return `${stdout}${stderr}`;
  };
  const load = async (image: string): Promise<void> => {
    writeFileSync(join(folder, 'image.tar'), busyboxImage([image], [file('name', image)]).bytes);
    await machine.copyIn(join(folder, 'image.tar'), '/root/image.tar');
    await must('docker', 'load', '-q', '-i', '/root/image.tar');
  };
  await must('sh', '-c', `mount LABEL=${diskLabels.brought} /mnt && cp /mnt/*.deb /root && umount /mnt`);
  await load(boxImage);
  return {
    machine,
    before: await filesOf(must),
    run,
    must,
    load,
    install: (one) => must('dpkg', '-i', `/root/${one}.deb`),
    join: async () => await joinByPackage(machine, ground),
    server: async (container, image = boxImage) => {
      const kept = ['-d', '--name', container, '--restart', 'always', '--network', 'none', '-v', '/root/marks:/mark'];
      await must('docker', 'run', ...kept, image, '/bin/busybox', 'sleep', '100000');
    },
    ...waitsOf(console, must),
    wasMarked: async () => (await run('rm', '/root/marks/ran')).code === 0,
  };
}

async function joinByPackage(machine: Machine, { console, armed }: Ground): Promise<string> {
  const { secret } = await console.ask(createJoinToken, { body: { name: 'package', environments: ['prod'] } });
  const where = ['--console', `https://127.0.0.1:${console.linkPort}`, '--environment', 'prod'];
  const how = ['--token-file', '-', ...(armed ? [] : ['--no-runtime']), '--service'];
  const { code, stdout, stderr } = await machine.run(['seawall', 'agent', ...where, ...how], { input: secret });
  expectThat(code === 0, `joining ended with ${code}: ${stdout}${stderr}`);
  return stderr;
}

/** What is waited for at the console. */
function waitsOf(console: LabConsole, must: PackageHost['must']): Pick<PackageHost, 'shown' | 'isHeard'> {
  const host = async (): Promise<Host | undefined> =>
    (await console.ask(listHosts)).hosts.find((one) => one.name === name);
  return {
    shown: async (container, fits) => {
      const id = (await must('docker', 'inspect', '-f', '{{.Id}}', container)).trim();
      let last: Protection | undefined;
      const look = async (): Promise<boolean> => {
        const { containers } = await console.ask(listContainers, { query: { search: id, limit: 1 } });
        last = containers[0]?.protection;
        return last !== undefined && fits(last);
      };
      const found = await until(`the protection of ${container}`, look, { seconds: 180 }).catch(() => undefined);
      expectThat(found === true, `${container} is shown as ${last?.state}, ${last?.cause}: ${last?.reason}`);
    },
    isHeard: async (since) => {
      const look = async (): Promise<boolean> => {
        const { stale, agent } = (await host()) ?? {};
        return stale === false && agent?.seenAt !== undefined && new Date(agent.seenAt) >= since;
      };
      await until(`the agent of ${name}`, look, { seconds: 240 });
    },
  };
}

/** Files of the machine, but what its system and its engine write at all times, and what dpkg notes of each change. */
export async function filesOf(must: PackageHost['must']): Promise<readonly string[]> {
  const places = ['/etc', '/usr', '/var', '/opt', '/run', '/sys/fs/bpf'];
  const text = await must('find', ...places, '-printf', '%p %y %m %l\n');
  const noted =
    /^\/var\/(?:log|tmp|lib\/(?:apt|docker|containerd|systemd|dpkg\/(?:status|available|lock|triggers|diversions))|cache\/(?:man|ldconfig|debconf|apt))|^\/run\/(?:systemd|docker|containerd|udev|user|credentials|log|lock|sshd|blkid)/;
  return text
    .split('\n')
    .filter((line) => !noted.test(line))
    .toSorted();
}

async function makePackages(folder: string): Promise<void> {
  mkdirSync(join(folder, 'packages'));
  for (const one of packages) {
    const release: Release = { ...releaseOf(repository), out: join(folder, one) };
    mkdirSync(release.out);
    const laid = one === 'seawall' ? process.env['SEAWALL_TREE'] : treeFolder({ out: join(folder, packages[0]) });
    // A tree that was laid out before saves a minute.
    if (laid === undefined) await layTree(release);
    else cpSync(laid, treeFolder(release), { recursive: true, verbatimSymlinks: true });
    if (one === 'other-sensor')
      appendFileSync(join(treeFolder(release), programFolder, 'native/build/seawall-sensor'), one);
    await makeDeb(release);
    renameSync(join(release.out, debName(release)), join(folder, 'packages', `${one}.deb`));
  }
}
