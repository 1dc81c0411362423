import { readFileSync } from 'node:fs';
import { dockerArchive, type ImageOptions, type MadeImage, type OciImage, ociImage } from '../../make/image.ts';
import { apkInstalled, type ApkPackage, osRelease } from '../../make/packages.ts';
import { directory, file, makeTar, symlink } from '../../make/tar.ts';

/** An Alpine package that some image of the lab holds. */
export interface AlpinePackage {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
}

/** Vulnerabilities of Alpine 3.20 that the feeds rate Medium, one in each package, and the package without it. */
export const vulnerable = {
  openssl: { name: 'libcrypto3', version: '3.3.0-r0', origin: 'openssl' },
  coreutils: { name: 'coreutils', version: '9.4-r1', origin: 'coreutils' },
  patch: { name: 'patch', version: '2.7.6-r6', origin: 'patch' },
} as const;
export const soundOpenssl = { name: 'libcrypto3', version: '3.3.1-r0', origin: 'openssl' } as const;
/** The vulnerabilities of `vulnerable.openssl` and `vulnerable.patch`. */
export const opensslVulnerability = 'CVE-2024-4603';
export const patchVulnerability = 'CVE-2019-20633';

/** Packages of every image, which nothing is said of. */
const basePackages: readonly ApkPackage[] = [
  { name: 'musl', version: '1.2.5-r99', origin: 'musl' },
  { name: 'busybox', version: '1.37.0-r99', origin: 'busybox', files: ['bin/busybox'] },
];

/** Whether a package is one that every image has. */
export function isOfBase({ name }: { readonly name: string }): boolean {
  return basePackages.some((one) => one.name === name);
}

/** An Alpine image with these packages, that sleeps when it is run. */
export function surgeImage(options: SurgeOptions): MadeImage {
  const { layers, about } = surgeLayers(options);
  return dockerArchive(layers, about);
}

/** The same as a registry holds it. */
export function surgeOciImage(options: SurgeOptions): OciImage {
  const { layers, about } = surgeLayers(options);
  return ociImage(layers, about);
}

interface SurgeOptions {
  readonly name: string;
  readonly packages: readonly AlpinePackage[];
  /** Lies in a layer of its own, so that images differ. */
  readonly build?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of its config; missing: amd64. */
  readonly architecture?: string;
  /** Whom its programs run as; missing: root. */
  readonly user?: string;
}

function surgeLayers(options: SurgeOptions): { readonly layers: readonly Uint8Array[]; readonly about: ImageOptions } {
  const base = makeTar([
    directory('bin'),
    file('bin/busybox', readFileSync('/bin/busybox'), 0o755),
    symlink('bin/sh', 'busybox'),
    symlink('bin/sleep', 'busybox'),
    osRelease('alpine', '3.20.3'),
  ]);
  const packages = makeTar([
    apkInstalled([...options.packages, ...basePackages]),
    file('etc/build', options.build ?? options.name),
  ]);
  const about: ImageOptions = {
    names: [options.name],
    ...(options.architecture !== undefined && { architecture: options.architecture }),
    steps: ['ADD rootfs /', `RUN apk add ${options.packages.map(({ name }) => name).join(' ')}`],
    config: {
      config: {
        Cmd: ['/bin/sleep', '3600'],
        Labels: options.labels ?? {},
        ...(options.user !== undefined && { User: options.user }),
      },
    },
  };
  return { layers: [base, packages], about };
}
