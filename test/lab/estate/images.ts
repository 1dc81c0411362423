import { readFileSync } from 'node:fs';
import { dockerArchive, type MadeImage } from '../../make/image.ts';
import { apkInstalled, osRelease } from '../../make/packages.ts';
import { directory, file, makeTar, symlink } from '../../make/tar.ts';

/** An Alpine image with openssl in this version, that sleeps when it is run. */
export function surgeImage(options: {
  readonly name: string;
  readonly openssl: string;
  /** Lies in a layer of its own, so that images differ. */
  readonly build?: string;
  readonly labels?: Readonly<Record<string, string>>;
}): MadeImage {
  const base = makeTar([
    directory('bin'),
    file('bin/busybox', readFileSync('/bin/busybox'), 0o755),
    symlink('bin/sh', 'busybox'),
    symlink('bin/sleep', 'busybox'),
    osRelease('alpine', '3.20.3'),
  ]);
  const packages = makeTar([
    apkInstalled([
      { name: 'libcrypto3', version: options.openssl, origin: 'openssl' },
      { name: 'libssl3', version: options.openssl, origin: 'openssl' },
      { name: 'musl', version: '1.2.5-r99', origin: 'musl' },
    ]),
    file('etc/build', options.build ?? options.name),
  ]);
  return dockerArchive([base, packages], {
    names: [options.name],
    steps: ['ADD rootfs /', `RUN apk add openssl=${options.openssl}`],
    config: { config: { Cmd: ['/bin/sleep', '3600'], Labels: options.labels ?? {} } },
  });
}

/** The newest openssl of Alpine 3.20 that the feeds know no flaw of, and one with many. */
export const soundOpenssl = '3.3.7-r0';
export const flawedOpenssl = '3.3.0-r0';
