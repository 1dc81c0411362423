import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder from which runc can start a container: busybox that sleeps for a minute, without a terminal. */
export function makeBundle(folder: string): void {
  mkdirSync(join(folder, 'rootfs/bin'), { recursive: true });
  cpSync('/usr/bin/busybox', join(folder, 'rootfs/bin/sleep'));
  execFileSync('runc', ['spec'], { cwd: folder });
  const file = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.process = { ...config.process, terminal: false, args: ['/bin/sleep', '60'] };
  // A name of its own, so that two processes that use this do not meet.
  config.linux.cgroupsPath = `seawall-test-${process.pid}`;
  writeFileSync(file, JSON.stringify(config));
}
