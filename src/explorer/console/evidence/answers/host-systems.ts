import type { ScanId, SubjectId } from '#base/index.ts';
import { readShownRecords, type ScanRecord } from '#catalog/console/index.ts';
import { type PlacedVerdict, readPlacedVerdicts } from '#policy/console/index.ts';
import { readMatch, readMatchedBy } from '#vulnerability/console/index.ts';
import type { Queries } from '#store/index.ts';
import {
  type AnsweredSubject,
  fail,
  notApplicable,
  notAssessed,
  pass,
  type ProductAnswer,
  warn,
} from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, type KnownHost, silentWords } from '../context.ts';
import { readScanFacts, runtimePackages } from '../scan-facts.ts';
import type { ScanFacts } from '../schema-evidence.ts';

/** What scans of hosts show: their packages, what runs containers, and the kernel that runs. */
export const hostSystemAnswers: HostSource = async ({ queries, hosts }) => {
  const subjects = new Map(hosts.map(({ name }) => [name, systemOf(name)]));
  const wanted = [...new Set(subjects.values())];
  const scans = await readShownRecords(queries, wanted);
  const facts = await readScanFacts(
    queries,
    [...scans.values()].map(({ scan }) => scan),
  );
  const verdicts = Map.groupBy(await readPlacedVerdicts(queries, wanted), ({ subject }) => subject);
  const findings = await readRuntimeFindings(
    queries,
    [...scans.values()].map(({ scan }) => scan),
  );
  return hosts.map((known): AnsweredSubject => {
    const subject = subjects.get(known.name);
    const scan = subject && scans.get(subject);
    const own = scan && facts.get(scan.scan);
    return {
      host: known.name,
      kind: 'host',
      id: ownId,
      answers: {
        'host-unscanned': unscanned(known),
        'host-verdict': verdict(known, scan, (subject && verdicts.get(subject)) ?? []),
        'runtime-packages': runtime(known, own, scan && findings.get(scan.scan)),
        'kernel-known': kernel(known, own),
        'no-restart-pending': restart(known, own),
      },
    };
  });
};

/** Several agents of one machine share its file system. */
function systemOf(name: string): SubjectId {
  return `host:${name.split('/', 1)[0] ?? name}` as SubjectId;
}

const noScan = 'Its file system was never scanned. An agent that scans its host would assess this.';

function unscanned({ silentSince, host: { counts } }: KnownHost): ProductAnswer {
  if (silentSince !== undefined) return notAssessed(silentWords(silentSince));
  return counts.unscanned === 0 ? pass() : fail(`${counts.unscanned} could not be scanned`);
}

function verdict(known: KnownHost, scan: ScanRecord | undefined, verdicts: readonly PlacedVerdict[]): ProductAnswer {
  if (scan === undefined) return notAssessed(noScan);
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  const { environment } = known.host;
  const own = verdicts.filter((one) => one.environment === environment);
  const failing = own.find(({ kind }) => kind === 'fail');
  if (failing !== undefined) return fail(failing.reason);
  const [first] = own;
  if (first === undefined) return notAssessed('It has no verdict yet, which follows its scan within minutes.');
  return first.kind === 'cannot-judge' ? notAssessed(first.reason) : pass(first.reason);
}

type Findings = readonly { readonly name: string; readonly text: string; readonly grave: boolean }[];

/** Findings in packages that run containers, by scan. They are kept in memory until the matching is another. */
async function readRuntimeFindings(queries: Queries, scans: readonly ScanId[]): Promise<ReadonlyMap<ScanId, Findings>> {
  const matched = await readMatchedBy(queries, scans);
  const found = new Map<ScanId, Findings>();
  for (const [scan, { version, matchedAt }] of matched) {
    const key = `${scan} ${version} ${matchedAt.getTime()}`;
    const own = remembered.get(key) ?? (await readFindings(queries, scan));
    if (remembered.size > mostRemembered) remembered.clear();
    remembered.set(key, own);
    found.set(scan, own);
  }
  return found;
}

const remembered = new Map<string, Findings>();
const mostRemembered = 2000;

async function readFindings(queries: Queries, scan: ScanId): Promise<Findings> {
  const match = await readMatch(queries, scan);
  return (match?.findings ?? []).flatMap(({ package: name, installed, id, severity }) =>
    runtimePackages.has(name)
      ? [{ name, text: `${name} ${installed}: ${id}`, grave: severity === 'critical' || severity === 'high' }]
      : [],
  );
}

/** An engine that no package brought is of nobody whose advisories could name it. */
function runtime(known: KnownHost, facts: ScanFacts | undefined, findings: Findings | undefined): ProductAnswer {
  if (known.host.facts?.engine.kind === 'none') return notApplicable('It has no engine.');
  if (facts === undefined || findings === undefined) return notAssessed(noScan);
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  const installed = facts.packages.filter(({ kind }) => kind === 'runtime');
  if (installed.length === 0)
    return notAssessed(
      'What runs containers there is of no package that advisories name. Installing it as a package would assess this.',
    );
  const grave = findings.filter((one) => one.grave);
  if (grave.length > 0) return fail(...grave.map(({ text }) => text));
  if (findings.length > 0) return warn(...findings.map(({ text }) => text));
  return pass(...installed.map(({ name, version }) => `${name} ${version}`));
}

/** Of a package that carries the release of the running kernel in its name or version. */
function kernel(known: KnownHost, facts: ScanFacts | undefined): ProductAnswer {
  if (facts === undefined) return notAssessed(noScan);
  if (known.silentSince !== undefined) return notAssessed(silentWords(known.silentSince));
  const release = known.host.facts?.kernel;
  if (release === undefined) return notAssessed('Its agent has not reported which kernel runs.');
  const own = facts.packages.find((one) => isOf(one, release));
  return own === undefined
    ? notAssessed(`Kernel ${release} is of no installed package. Running the kernel of a package would assess this.`)
    : pass(`${own.name} ${own.version}`);
}

function isOf({ kind, name, version }: ScanFacts['packages'][number], release: string): boolean {
  return kind === 'kernel' && (name === `linux-image-${release}` || release.startsWith(version));
}

/** A kernel that was installed after the running one waits for a restart. */
function restart(known: KnownHost, facts: ScanFacts | undefined): ProductAnswer {
  const running = kernel(known, facts);
  if (facts === undefined || running.state !== 'pass') return notAssessed(running.reason ?? noScan);
  const release = known.host.facts?.kernel ?? '';
  const newer = facts.packages.filter((one) => one.kind === 'kernel' && isNewer(one, release));
  return newer.length === 0
    ? pass()
    : fail(...newer.map(({ name, version }) => `${name} ${version} is installed, ${release} runs`));
}

function isNewer({ name, version }: ScanFacts['packages'][number], release: string): boolean {
  const installed = /^linux-image-(\d.*)$/.exec(name)?.[1] ?? version;
  return installed !== release && compareNumbers(installed, release) > 0;
}

/** By the numbers in them: `6.12.9` before `6.12.10`. */
function compareNumbers(left: string, right: string): number {
  const [mine, others] = [left, right].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  for (let at = 0; at < Math.max(mine?.length ?? 0, others?.length ?? 0); at++) {
    const difference = (mine?.[at] ?? 0) - (others?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
