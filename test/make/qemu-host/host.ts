import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { freePort } from '../free-port.ts';
import { broughtDisk, cachedDisks, checkoutDisk, type Disks, type Kernel } from './disks.ts';
import { readyWord } from './guest.ts';
import { connect, makeKey, type Ran, type RunOptions, type Shell } from './shell.ts';

/** A Debian with systemd, control groups v2 and Docker, under a kernel of its own in an emulated machine. */
export interface Host {
  /** Runs a command as root, in root's home; the checkout lies in `/seawall`, `node` is on the path. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Copies a file or a folder to `path`, whose own folder is made. */
  copyIn(local: string, path: string): Promise<void>;
  /** Boots it again, with what it wrote; resolves when Docker is up. Only where the options say that it may. */
  reboot(): Promise<void>;
  /** Ends the machine; what it wrote is gone. */
  close(): Promise<void>;
}

export interface HostOptions {
  readonly kernel: Kernel;
  /** Where disks are kept that are made once; `.cache/qemu-host` of the checkout where none is named. */
  readonly folder?: string;
  readonly say?: (words: string) => void;
  /** Milliseconds until Docker must be up; 10 minutes where none is named. */
  readonly limit?: number;
  /** Whether it may be booted again; else it ends where its kernel would. */
  readonly reboots?: boolean;
  /** Ports of this machine's loopback that the guest has on its own. */
  readonly reaches?: readonly number[];
  /** A folder that the guest may mount as the disk of the label `brought`. */
  readonly brings?: string;
}

const security = 'landlock,lockdown,yama,apparmor,bpf';

/**
 * Boots the machine without hardware help (needs root, Debian's qemu-system-x86, mmdebstrap, e2fsprogs and
 * openssh-client). Resolves when Docker is up; else rejects with the end of the console's output. It has no network but
 * the forwarded port, and ends with this process.
 */
export async function bootHost(options: HostOptions): Promise<Host> {
  const { kernel, folder, say = () => {}, limit = 600_000, reboots = false, reaches = [], brings } = options;
  const disks = cachedDisks(folder ?? join(import.meta.dirname, '../../../.cache/qemu-host'), say);
  const work = mkdtempSync(join(tmpdir(), 'seawall-qemu-'));
  let started = Date.now();
  const port = await freePort();
  const words = machineWords({ kernel, disks, work, port, reboots, ...(brings !== undefined && { brings }) });
  say(`booting the kernel of ${kernel}`);
  const machine = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...words]);
  let shell: Shell | undefined;
  const end = async () => {
    shell?.close();
    await ended(machine);
    rmSync(work, { recursive: true, force: true });
  };
  const up = async (): Promise<Shell> => {
    await untilReady(machine, limit);
    shell = await connect(work, port, { limit: 60_000, reaches });
    say(`Docker is up after ${((Date.now() - started) / 1000).toFixed(0)} s`);
    return shell;
  };
  try {
    let open = await up();
    return {
      run: (command, settings) => open.run(command, settings),
      copyIn: (local, path) => copyIn(open, local, path),
      reboot: async () => {
        started = Date.now();
        await open.run(['systemctl', 'reboot', '--no-block']);
        open.close();
        open = await up();
      },
      close: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface MachineOptions {
  readonly kernel: Kernel;
  readonly disks: Disks;
  readonly work: string;
  readonly port: number;
  readonly reboots: boolean;
  readonly brings?: string;
}

/**
 * NVMe and ext4 are built into both kernels, so none needs an initial memory disk. Only the root is NVMe: several would
 * come in any order.
 */
function machineWords({ kernel, disks, work, port, reboots, brings }: MachineOptions): readonly string[] {
  const key = readFileSync(makeKey(work)).toString('base64');
  const line = `root=/dev/nvme0n1 rw rootflags=noinit_itable console=ttyS0 panic=-1 net.ifnames=0 lsm=${security} systemd.show_status=no systemd.set_credential_binary=ssh.authorized_keys.root:${key}`;
  const machine = ['-machine', 'q35,graphics=off,sata=off,smbus=off,vmport=off', '-accel', 'tcg,thread=multi'];
  const size = ['-cpu', 'max,-svm', '-smp', '2', '-m', '4096'];
  const bare = ['-nodefaults', ...(reboots ? [] : ['-no-reboot']), '-display', 'none', '-serial', 'stdio'];
  const boot = ['-kernel', disks.kernelOf(kernel), '-append', line];
  const brought = brings === undefined ? [] : [broughtDisk(brings, work)];
  const files = [disks.root, checkoutDisk(work), disks.modules, ...brought];
  const drives = files.flatMap((file, at) => {
    const device = at === 0 ? 'nvme,serial=root' : 'virtio-blk-pci';
    const drive = `if=none,id=disk${at},file=${file},format=raw,snapshot=on,cache=unsafe`;
    return ['-drive', drive, '-device', `${device},drive=disk${at}`];
  });
  const net = ['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`];
  const devices = ['-device', 'virtio-net-pci,netdev=net', '-device', 'virtio-rng-pci'];
  return [...machine, ...size, ...bare, ...boot, ...drives, ...net, ...devices];
}

function untilReady(machine: ReturnType<typeof spawn>, limit: number): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The guest ${why}. Its console:\n${said.slice(-4000)}`));
    const timer = setTimeout(() => fail(`is not up after ${limit / 1000} s`), limit);
    const hear = (text: Buffer) => {
      said = (said + text.toString()).slice(-20_000);
      if (!said.includes(readyWord)) return;
      clearTimeout(timer);
      resolve();
    };
    machine.stdout?.on('data', hear);
    machine.stderr?.on('data', hear);
    machine.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
    machine.once('error', reject);
  });
}

async function copyIn(shell: Shell, local: string, path: string): Promise<void> {
  const tar = spawn('tar', ['-C', dirname(local), '-cf', '-', basename(local)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const place = dirname(path);
  const unpack =
    'mkdir -p "$1" && t=$(mktemp -d "$1/.XXXXXX") && tar -xf - -C "$t" && rm -rf "$3" && mv "$t/$2" "$3" && rmdir "$t"';
  const { code, stderr } = await shell.run(['sh', '-c', unpack, 'sh', place, basename(local), path], {
    input: tar.stdout,
  });
  if (code !== 0) throw new Error(`${local} could not be copied in: ${stderr}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
