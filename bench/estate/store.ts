import { admissionSchema } from '../../src/admission/console/index.ts';
import { runtimeSchema } from '../../src/runtime/console/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { silentLog } from '../../src/base/index.ts';
import { type Package } from '../../src/catalog/contract.ts';
import { createExplorer, type ExplorerService } from '../../src/explorer/console/index.ts';
import {
  containerOf,
  databaseOf,
  debianPackage,
  type Estate,
  estateOn,
  estateSchemas,
  publicationOf,
  subjectOf,
} from '../../src/explorer/console/testing.ts';

/*
 * An estate of 1,284 images with 300 packages each: 120 of one of ten base images, the others drawn from 5,000; in
 * dev, half of them in test, a third in prod; 7,700 containers on 60 hosts; 1,280,000 findings. 214 images go all the
 * way from publication to page, the others are copies of those by SQL.
 */
export const images = 214;
export const copies = 5;
const bases = 10;
const packagesOfBase = 120;
const packagesOfImage = 300;
const ownPackages = 5_000;
const hostsOfEnvironment = 20;
const environments = ['prod', 'test', 'dev'] as const;

export const now = new Date('2026-11-24T12:00:00Z');

export async function openBenchStore(folder: string): Promise<Store> {
  return await openStore({
    place: { kind: 'embedded', folder },
    schemas: [...estateSchemas, admissionSchema, runtimeSchema],
    log: silentLog,
    masterKey: () => Buffer.alloc(32),
  });
}

export async function openEstate(folder: string): Promise<{ store: Store; estate: Estate; explorer: ExplorerService }> {
  const store = await openBenchStore(folder);
  return { store, estate: await estateOn(store, () => now), explorer: createExplorer({ store, clock: () => now }) };
}

export function databaseAt(builtAt: string, more: readonly ReturnType<typeof advisory>[] = []) {
  const names = Array.from({ length: bases * packagesOfBase + ownPackages }, (_, number) => `package-${number}`);
  const records = [
    ...names.flatMap((name, number) =>
      Array.from({ length: number % 3 === 0 ? 4 : 3 }, (_, vulnerability) =>
        advisory(number * 4 + vulnerability, name),
      ),
    ),
    ...more,
  ];
  const nameOf = new Map(records.map((record) => [record.advisory, record.name]));
  return databaseOf(records, {
    builtAt,
    nameOf: ({ advisory: id }) => nameOf.get(id) ?? '',
    cve: (id) => {
      const number = Number(id.split('-')[2] ?? 0);
      const score = ((number * 7919) % 1000) / 2000;
      return number % 5 === 0 ? { cvss: [] } : { cvss: [], epss: { score, percentile: score } };
    },
  });
}

/** Every image holds the package `shared`, which has no vulnerability at first. */
export function advisory(number: number, name: string) {
  return {
    name,
    advisory: `DEBIAN-CVE-2020-${number}`,
    aliases: [`CVE-2020-${number}`],
    ranges: [{ introduced: '0', ...(number % 5 < 3 ? { fixed: '2.0-1' } : {}) }],
    versions: [],
    cvss: [],
    ...(number % 4 === 0
      ? {}
      : {
          severity: {
            source: 'debian',
            severity: (['critical', 'high', 'medium', 'low'] as const)[(number * 31) % 4] ?? 'low',
          },
        }),
    summary: `Vulnerability ${number} lets an attacker do what this sentence of usual length is about, in package ${name}.`,
  };
}

export function imageOf(number: number) {
  const base = number % bases;
  const chosen = new Set<number>();
  const random = randomFrom(number + 1);
  while (chosen.size < packagesOfImage - packagesOfBase - 1) chosen.add(Math.floor(random() ** 2 * ownPackages));
  const own = [...chosen].map((one) => packageOf(bases * packagesOfBase + one, 1));
  const basic = Array.from({ length: packagesOfBase }, (_, at) => packageOf(base * packagesOfBase + at, 0));
  return publicationOf({
    number,
    names: [`registry.example.org/team-${number % 20}/app-${number}:1.0`],
    packages: [...basic, ...own, debianPackage('shared', '1.0-1', 1)],
    scannedAt: now.toISOString(),
  });
}

function packageOf(number: number, layer: number): Package {
  return debianPackage(`package-${number}`, '1.0-1', layer);
}

/** What the hosts of an environment hold. Six containers for each image. */
export function reportsOf() {
  return environments.flatMap((environment) =>
    Array.from({ length: hostsOfEnvironment }, (_, at) => {
      const here = Array.from({ length: images }, (_, number) => number).filter(
        (number) => number % hostsOfEnvironment === at && liesIn(number, environment),
      );
      return {
        name: `${environment}-${at}`,
        environment,
        present: here.map((number) => ({
          subject: subjectOf(number),
          names: [`registry.example.org/app-${number}:1.0`],
        })),
        containers: here.flatMap((number) => containersIn(number, environment)),
        used: here.map((number) => ({ subject: subjectOf(number), files: [`usr/lib/package-${number % bases}`] })),
      };
    }),
  );
}

function liesIn(number: number, environment: (typeof environments)[number]): boolean {
  if (environment === 'prod') return number % 3 === 0;
  return environment === 'dev' || number % 2 === 0;
}

function containersIn(number: number, environment: (typeof environments)[number]) {
  const places = environments.filter((one) => liesIn(number, one));
  const count = Math.round(6 / places.length);
  return Array.from({ length: count }, (_, at) =>
    containerOf(number * 100 + environments.indexOf(environment) * 10 + at, subjectOf(number), {
      labels: { 'seawall.application': `shop-${number % 40}` },
    }),
  );
}

/** Mulberry32: the same numbers each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
