import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, dpkgStatus, mavenJar, npmPackage, osRelease } from '../make/packages.ts';
import { file, makeTar, type TarEntry } from '../make/tar.ts';
import { layOutDatabase as layOutDatabaseOf, layOutFeeds as layOutFeedsOf } from './full-database.ts';

/** Ecosystems whose dumps speak for the images below. */
const ecosystems = ['Alpine', 'Debian:13', 'Maven', 'npm'];

/** Lays out real feeds of these images where a console with this state folder builds its database from. */
export function layOutFeeds(state: string): void {
  layOutFeedsOf(state, ecosystems);
}

/** Lays out the same feeds with a database that was built of them, so that a console has it at its start. */
export async function layOutDatabase(state: string): Promise<void> {
  await layOutDatabaseOf(state, 'sample', ecosystems);
}

/** An archive to scan, and the name that its image carries. */
export interface SampleImage {
  readonly name: string;
  readonly archive: string;
}

/** An image with vulnerabilities of three ecosystems in three layers, and with names as long as real ones are. */
export function vulnerableImage(folder: string, name = 'registry.harbour.example/surge/gauge-ingest:3.9'): SampleImage {
  const layers: readonly (readonly TarEntry[])[] = [
    [
      osRelease('debian', '13'),
      dpkgStatus([
        { name: 'libssl3t64', source: 'openssl', version: '3.5.1-1' },
        { name: 'openssl', version: '3.5.1-1' },
        { name: 'libcurl4t64', source: 'curl', version: '8.14.1-1' },
        { name: 'libexpat1', source: 'expat', version: '2.7.1-1' },
      ]),
    ],
    [
      npmPackage('lodash', '4.17.15', 'srv/portal/node_modules'),
      npmPackage('minimist', '1.2.0', 'srv/portal/node_modules'),
    ],
    [
      jar('org.apache.logging.log4j', 'log4j-core', '2.14.1'),
      jar('org.apache.commons', 'commons-text', '1.9'),
      jar('com.fasterxml.jackson.core', 'jackson-databind', '2.9.10'),
    ],
  ];
  const steps = [
    'ADD rootfs.tar.xz /',
    'COPY portal/node_modules /srv/portal/node_modules',
    'COPY lib/ /opt/surge/lib/',
  ];
  return write(folder, name, { layers, steps });
}

/** An image with vulnerabilities of npm packages that the one above does not hold. */
export function portalImage(folder: string, name = 'surge/portal:5.1'): SampleImage {
  const packages = [
    npmPackage('handlebars', '4.0.11', 'srv/node_modules'),
    npmPackage('axios', '0.21.0', 'srv/node_modules'),
  ];
  return write(folder, name, { layers: [packages], steps: ['COPY node_modules /srv/node_modules'] });
}

/** The vulnerable image after somebody upgraded log4j. */
export function mendedImage(folder: string, name = 'registry.harbour.example/surge/gauge-ingest:3.10'): SampleImage {
  const layers = [
    [osRelease('debian', '13'), dpkgStatus([{ name: 'libexpat1', source: 'expat', version: '2.7.1-1' }])],
    [
      jar('org.apache.logging.log4j', 'log4j-core', '2.25.4'),
      jar('com.fasterxml.jackson.core', 'jackson-databind', '2.9.10'),
    ],
  ];
  return write(folder, name, { layers, steps: ['ADD rootfs.tar.xz /', 'COPY lib/ /opt/surge/lib/'] });
}

/** An image without a vulnerability that any feed knows. */
export function soundImage(folder: string, name = 'surge/tide-clock:2.0'): SampleImage {
  const layers = [
    [osRelease('alpine', '3.20.3'), apkInstalled([{ name: 'musl', version: '1.2.5-r99', origin: 'musl' }])],
  ];
  return write(folder, name, { layers, steps: ['ADD alpine-minirootfs.tar.gz /'] });
}

/** An image that takes a while to read: 300 MB that do not compress. */
export function largeImage(folder: string, name = 'surge/large:1'): SampleImage {
  const layers = [
    [osRelease('alpine', '3.20.3'), apkInstalled([{ name: 'musl', version: '1.2.5-r99', origin: 'musl' }])],
    Array.from({ length: 30 }, (_, at) => file(`data/${at}.bin`, randomBytes(10_000_000))),
  ];
  return write(folder, name, { layers, steps: ['ADD alpine-minirootfs.tar.gz /', 'COPY data /data'] });
}

/** An image whose second layer ends in the middle of a file: nobody can say what it holds. */
export function damagedImage(folder: string, name = 'surge/wave-model:0.4'): SampleImage {
  const layers = [
    [osRelease('alpine', '3.20.3'), apkInstalled([{ name: 'musl', version: '1.2.5-r99', origin: 'musl' }])],
    [npmPackage('lodash', '4.17.15')],
  ];
  return write(folder, name, { layers, steps: ['ADD alpine-minirootfs.tar.gz /', 'COPY model /app'], cutLast: 700 });
}

function jar(group: string, artifact: string, version: string): TarEntry {
  return mavenJar(`opt/surge/lib/${artifact}-${version}.jar`, { group, artifact, version });
}

interface Content {
  readonly layers: readonly (readonly TarEntry[])[];
  readonly steps: readonly string[];
  /** Bytes that the last layer keeps. */
  readonly cutLast?: number;
}

function write(folder: string, name: string, { layers, steps, cutLast }: Content): SampleImage {
  const tars = layers.map((entries, index) =>
    index === layers.length - 1 ? makeTar(entries).slice(0, cutLast) : makeTar(entries),
  );
  const archive = join(folder, `${name.replaceAll(/\W/g, '-')}.tar`);
  writeFileSync(archive, dockerArchive(tars, { names: [name], steps }).bytes);
  return { name, archive };
}
