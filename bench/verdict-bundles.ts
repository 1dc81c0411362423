import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanPublication } from '../src/catalog/index.ts';
import { agentOf } from '../src/inventory/console/testing.ts';
import { bytesOf, resigner, tampered } from '../src/policy/console/bundle/testing.ts';
import { verifyBundle } from '../src/policy/bundle/verify.ts';
import type { SignedBundle } from '../src/policy/contract.ts';
import { openDatabase } from '../src/vulnerability/index.ts';
import { fullDatabase } from '../test/journeys/full-database.ts';
import { scanArchive } from '../test/journeys/make-scan.ts';
import { dockerArchive } from '../test/make/image.ts';
import { file, makeTar } from '../test/make/tar.ts';
import { type Change, changes } from './verdict-bundles/changes.ts';
import {
  bundleOf,
  closeEstate,
  type EstateImage,
  judgeTime,
  openEstate,
  publishIn,
  settle,
  verdictOf,
} from './verdict-bundles/estate.ts';

/*
 * Verdicts of every kind on images of real Debian packages, by the database of all feeds: pass, pass with alerts, fail and
 * cannot judge, each with and without an exception, by one and by two counting scans. Each is exported and made again from
 * its bundle alone; the bytes have to be those that the console keeps. Then a rule, an advisory, a scan, the exceptions and
 * the answer of each are changed and signed again: none may pass. The peer is what the console takes to match and judge.
 */
const wanted = Number(process.argv[2] ?? 200);
const kinds = ['pass', 'alerts', 'fail', 'cannot'] as const;

const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
const path = process.env['SEAWALL_DB'] ?? (await fullDatabase()).path;
const database = openDatabase(path, { trustedKeys: [], allowUnsigned: true });
const estate = await openEstate(database);
const signed = await resigner(estate);
const osRelease = 'ID=debian\nVERSION_ID="13"\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n';

try {
  const images: EstateImage[] = [];
  const scanned = await scan();
  for (let number = 0; number < wanted; number++) images.push(await publish(number, scanned));
  say('published and judged');
  await settle(estate, images);
  say('excepted');
  await report(images);
} finally {
  await closeEstate(estate);
  rmSync(folder, { recursive: true, force: true });
}

/** Image number so-and-so: its kind, whether it has an exception, and how many scans count. */
async function publish(number: number, of: ScanPublication): Promise<EstateImage> {
  const kind = kinds[number % 4] ?? 'pass';
  const isExcepted = number % 8 >= 4;
  const scans = number % 16 >= 8 ? 2 : 1;
  const name = `${kind}/${isExcepted ? 'excepted' : 'plain'}-${number}:1`;
  const { publication, subject } = imageOf(name, number, of);
  const { packages } = publication.catalog;
  const other = { ...publication, catalog: { ...publication.catalog, packages: packages.slice(1) } };
  await publishIn(estate, publication, { agent: agentOf('pier-1', 'prod'), name });
  if (scans === 2) await publishIn(estate, other, { agent: agentOf('pier-2', 'prod'), name });
  return { name, subject, isExcepted, scans };
}

/** What a scan of this machine's packages found. Its children take longer to start than all that is measured: one does. */
async function scan(): Promise<ScanPublication> {
  const layers = [
    makeTar([file('etc/os-release', osRelease)]),
    makeTar([file('var/lib/dpkg/status', readFileSync('/var/lib/dpkg/status', 'utf8'))]),
  ];
  const archive = join(folder, 'image.tar');
  writeFileSync(
    archive,
    dockerArchive(layers, { names: ['all:1'], steps: ['ADD rootfs /', 'RUN apt-get install'] }).bytes,
  );
  return await scanArchive(archive);
}

/** An image of sixty of the packages, others for each. */
function imageOf(name: string, number: number, { subject: of, catalog, ...scanned }: ScanPublication) {
  if (of.kind !== 'image') throw new Error('An archive is an image.');
  const { packages } = catalog;
  const places = new Set(Array.from({ length: 60 }, (_, at) => (number * 37 + at * 13) % packages.length));
  const digest = `sha256:${createHash('sha256').update(name).digest('hex')}` as unknown as typeof of.digest;
  const own = { ...catalog, packages: packages.filter((_, at) => places.has(at)) };
  const publication = { ...scanned, subject: { ...of, digest, names: [name] }, catalog: own };
  return { publication, subject: digest as string as EstateImage['subject'] };
}

interface Made {
  readonly bundle: SignedBundle;
  readonly bytes: Uint8Array;
  readonly exported: number;
  readonly verified: number;
  readonly row: string;
  readonly column: string;
  /** Whether the bytes and the digest for ledgers are those that the console keeps. */
  readonly isSame: boolean;
}

async function report(images: readonly EstateImage[]): Promise<void> {
  const made: Made[] = [];
  for (const image of images) made.push(await make(image));
  say('exported and verified');
  const isFilled = printTable(made, images.length >= 80);
  const same = made.filter(({ isSame }) => isSame).length;
  const [verified, exported] = (['verified', 'exported'] as const).map((of) => median(made.map((one) => one[of])));
  const bytes = median(made.map((one) => one.bytes.length));
  console.log(
    `${same} of ${made.length} verdicts come out with the same bytes; bundles of ${bytes} bytes, exported in ${exported?.toFixed(0)}ms (medians).`,
  );
  let isCaughtAlways = true;
  for (const change of changes) {
    const concerned = made.filter((_, at) => change.concerns?.(images[at] as EstateImage) !== false);
    const caught = await count(concerned, async ({ bundle }) => await isCaught(bundle, change));
    console.log(`${caught} of ${concerned.length} with another ${change.name} are refused, as it is and signed again.`);
    isCaughtAlways &&= caught === concerned.length && caught > 0;
  }
  say('changed');
  const peer = await judgeTime(estate, images);
  console.log(
    `verdict-bundles ours=${verified?.toFixed(1)}ms peer=${peer.toFixed(1)}ms ratio=${((verified ?? 0) / peer).toFixed(2)}`,
  );
  if (!isFilled || same < made.length || !isCaughtAlways) process.exitCode = 1;
}

async function make(image: EstateImage): Promise<Made> {
  const started = performance.now();
  const bundle = await bundleOf(estate, image);
  const exported = performance.now() - started;
  const bytes = bytesOf(bundle);
  const before = performance.now();
  const check = await verifyBundle(bytes, { version: '0' });
  const verified = performance.now() - before;
  if (check.state !== 'verified') throw new Error(`${image.name}: ${check.why}`);
  const kept = await verdictOf(estate, image);
  const { kind, violations, excepted } = JSON.parse(kept.json);
  return {
    bundle,
    bytes,
    exported,
    verified,
    row: kind === 'pass' && violations.length > 0 ? 'pass with alerts' : kind,
    column: `${excepted === undefined ? 'no' : 'an'} exception, ${check.recomputed.verdicts.length} counting`,
    isSame: kept.json === check.recomputed.holding.json && kept.bundle === check.statement.ledger,
  };
}

/** Verdicts by their kind, and by exceptions and counting scans. Answers whether there are at least five of each. */
function printTable(made: readonly Made[], isWanted: boolean): boolean {
  const rows = ['pass', 'pass with alerts', 'fail', 'cannot-judge'];
  const columns = ['no', 'an'].flatMap((exception) =>
    [1, 2].map((scans) => `${exception} exception, ${scans} counting`),
  );
  const counts = rows.map((row) =>
    columns.map((column) => made.filter((one) => one.row === row && one.column === column).length),
  );
  console.log(`${' '.repeat(18)}${columns.join('  ')}`);
  for (const [at, row] of rows.entries())
    console.log(
      row.padEnd(18) + columns.map((column, of) => String(counts[at]?.[of]).padStart(column.length)).join('  '),
    );
  return !isWanted || counts.flat().every((number) => number >= 5);
}

async function count<One>(all: readonly One[], holds: (one: One) => Promise<boolean>): Promise<number> {
  let number = 0;
  for (const one of all) if (await holds(one)) number++;
  return number;
}

/** Whether a bundle with one part changed is refused, also where the installation's own key signed it. */
async function isCaught(bundle: SignedBundle, { part, change }: Change): Promise<boolean> {
  const changed = tampered(bundle, part, change);
  for (const one of [changed, signed(changed)])
    if ((await verifyBundle(bytesOf(one), { version: '0' })).state !== 'refused') return false;
  return true;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What took how long goes to standard error: it is no result. */
function say(what: string): void {
  console.error(`${(performance.now() / 1000).toFixed(1)} s: ${what}`);
}
