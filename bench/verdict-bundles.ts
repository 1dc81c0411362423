import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanPublication } from '../src/catalog/index.ts';
import { agentOf } from '../src/inventory/console/testing.ts';
import { bytesOf, resigned, tampered } from '../src/policy/console/bundle/testing.ts';
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
const stanzas = readFileSync('/var/lib/dpkg/status', 'utf8')
  .split('\n\n')
  .filter((one) => one.startsWith('Package:'));
const osRelease = 'ID=debian\nVERSION_ID="13"\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n';

try {
  const images: EstateImage[] = [];
  for (let number = 0; number < wanted; number++) images.push(await publish(number));
  await settle(estate, images);
  await report(images);
} finally {
  await closeEstate(estate);
  rmSync(folder, { recursive: true, force: true });
}

/** Image number so-and-so: its kind, whether it has an exception, and how many scans count. */
async function publish(number: number): Promise<EstateImage> {
  const kind = kinds[number % 4] ?? 'pass';
  const isExcepted = number % 8 >= 4;
  const scans = number % 16 >= 8 ? 2 : 1;
  const name = `${kind}/${isExcepted ? 'excepted' : 'plain'}-${number}:1`;
  const publication = await scan(name, number);
  const { packages } = publication.catalog;
  const other = { ...publication, catalog: { ...publication.catalog, packages: packages.slice(1) } };
  await publishIn(estate, publication, { agent: agentOf('pier-1', 'prod'), name });
  if (scans === 2) await publishIn(estate, other, { agent: agentOf('pier-2', 'prod'), name });
  return { name, subject: subjectOf(publication), isExcepted, scans };
}

/** Sixty packages of this machine, others for each image. */
async function scan(name: string, number: number): Promise<ScanPublication> {
  const own = Array.from({ length: 60 }, (_, at) => stanzas[(number * 37 + at * 13) % stanzas.length] ?? '');
  const layers = [
    makeTar([file('etc/os-release', osRelease)]),
    makeTar([file('var/lib/dpkg/status', `${[...new Set(own)].join('\n\n')}\n`), file('etc/name', name)]),
  ];
  const archive = join(folder, 'image.tar');
  writeFileSync(
    archive,
    dockerArchive(layers, { names: [name], steps: ['ADD rootfs /', 'RUN apt-get install'] }).bytes,
  );
  return await scanArchive(archive);
}

function subjectOf({ subject }: ScanPublication): EstateImage['subject'] {
  if (subject.kind !== 'image') throw new Error('An archive is an image.');
  return subject.digest as string as EstateImage['subject'];
}

async function report(images: readonly EstateImage[]): Promise<void> {
  const tally = new Map<string, number>();
  const times: { readonly exported: number; readonly verified: number; readonly bytes: number }[] = [];
  let same = 0;
  const caught = new Map<string, number>();
  for (const image of images) {
    const started = performance.now();
    const bundle = await bundleOf(estate, image);
    const exported = performance.now() - started;
    const bytes = bytesOf(bundle);
    const before = performance.now();
    const check = await verifyBundle(bytes, { version: '0' });
    times.push({ exported, verified: performance.now() - before, bytes: bytes.length });
    if (check.state !== 'verified') throw new Error(`${image.name}: ${check.why}`);
    const kept = await verdictOf(estate, image);
    if (kept.json === check.recomputed.holding.json && kept.bundle === check.statement.ledger) same++;
    const verdict = JSON.parse(kept.json);
    const kind = verdict.kind === 'pass' && verdict.violations.length > 0 ? 'pass with alerts' : verdict.kind;
    const row = `${kind}, ${verdict.excepted === undefined ? 'no exception' : 'an exception'}, ${check.recomputed.verdicts.length} counting`;
    tally.set(row, (tally.get(row) ?? 0) + 1);
    for (const one of changes) if (await isCaught(bundle, one)) caught.set(one.name, (caught.get(one.name) ?? 0) + 1);
  }
  for (const [row, count] of [...tally].toSorted()) console.log(`${String(count).padStart(4)} ${row}`);
  const [verified, exported, bytes] = (['verified', 'exported', 'bytes'] as const).map((of) =>
    median(times.map((one) => one[of])),
  );
  console.log(
    `${same} of ${images.length} verdicts come out with the same bytes; bundles of ${bytes} bytes, exported in ${exported?.toFixed(0)}ms (medians).`,
  );
  for (const { name } of changes)
    console.log(`${caught.get(name) ?? 0} of ${images.length} with another ${name}, signed again, are refused.`);
  const peer = await judgeTime(estate, images);
  console.log(
    `verdict-bundles ours=${verified?.toFixed(1)}ms peer=${peer.toFixed(1)}ms ratio=${((verified ?? 0) / peer).toFixed(2)}`,
  );
  const isWhole = same === images.length && changes.every(({ name }) => caught.get(name) === images.length);
  if (!isWhole) process.exitCode = 1;
}

/** Whether a bundle with one part changed is refused although the installation's own key signed it. */
async function isCaught(bundle: SignedBundle, { part, change }: Change): Promise<boolean> {
  const signed = await resigned(estate, tampered(bundle, part, change));
  return (await verifyBundle(bytesOf(signed), { version: '0' })).state === 'refused';
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
