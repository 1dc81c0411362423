import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SubjectId } from '#base/index.ts';
import { publishScan } from '#catalog/contract.ts';
import { analyzers, analyzeTarget, type ScanPublication } from '#catalog/index.ts';
import { call, type CallOptions } from '#http/index.ts';
import { defaultLimits, hostPlatform, openTarget } from '#image/index.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { type DatabaseInfo, readDatabaseInfo, readTrustedKeys } from '#vulnerability/index.ts';
import { dockerArchive } from '../make/image.ts';
import { file, makeTar } from '../make/tar.ts';
import { layOutDatabase } from './full-database.ts';

export { freePort } from '../make/free-port.ts';

/** Scans a real archive of an Alpine 3.20 image with openssl in this version, as `seawall scan` does. */
export async function scanAlpine(folder: string, openssl: string, name = 'app:1'): Promise<ScanPublication> {
  return await scanArchive(writeAlpine(folder, openssl, name));
}

/** Writes that archive and answers its path. */
export function writeAlpine(folder: string, openssl: string, name: string): string {
  const archive = join(folder, `${name.replaceAll(/\W/g, '-')}-${openssl}.tar`);
  const layers = [
    makeTar([file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n')]),
    makeTar([file('lib/apk/db/installed', apkDatabase(openssl)), file('etc/name', name)]),
  ];
  writeFileSync(
    archive,
    dockerArchive(layers, { names: [name], steps: ['ADD rootfs /', 'RUN apk add openssl'] }).bytes,
  );
  return archive;
}

/** Scans an archive as agents do. Without executables it lacks an analyzer that every release has. */
export async function scanArchive(
  archive: string,
  { executables = 'hashed' }: { readonly executables?: 'hashed' | 'left-out' } = {},
): Promise<ScanPublication> {
  const options = {
    platform: hostPlatform(process.arch),
    limits: defaultLimits,
    dockerSocket: join(archive, '../no-docker.sock'),
  };
  const opened = await openTarget(`archive:${archive}`, options);
  try {
    const { subject, catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits, executables });
    const scanner = { name: 'seawall', version: '0', host: 'builder' };
    return { target: archive, subject, catalog, scannedAt: new Date().toISOString(), scanner };
  } finally {
    await opened.close();
  }
}

/** A scan that the console has judged. */
export interface PublishedScan {
  readonly subject: SubjectId;
  readonly scan: ScanPublication;
}

/** Scans an archive, publishes what was found as `seawall scan` does, and waits for the console's verdict. */
export async function publishArchive(archive: string, console: CallOptions): Promise<PublishedScan> {
  const scan = await scanArchive(archive);
  const stored = await call(publishScan, { body: scan as never }, console);
  await call(getScanVerdict, { params: { scan: stored.scan }, query: { wait: 60 } }, console);
  return { subject: stored.subject, scan };
}

function apkDatabase(openssl: string): string {
  const entries = [
    ['libcrypto3', openssl, 'openssl'],
    ['musl', '1.2.5-r99', 'musl'],
  ];
  return entries.map(([name, version, origin]) => `P:${name}\nV:${version}\nA:x86_64\no:${origin}\n\n`).join('');
}

/** Lays out a database of the real Alpine dump, KEV, EPSS and CVSS, its feeds, and the key that signed it. */
export async function layOutAlpineDatabase(stateFolder: string): Promise<DatabaseInfo> {
  const path = await layOutDatabase(stateFolder, 'alpine', ['Alpine']);
  return readDatabaseInfo(path, readTrustedKeys({ folder: join(stateFolder, 'keys'), files: [] }));
}
