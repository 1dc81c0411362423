import type { ScanId, SubjectId } from '#base/index.ts';
import { readShownRecords, type ScanRecord } from '#catalog/console/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import { type PlacedVerdict, readPlacedVerdicts } from '#policy/console/index.ts';
import { readProvenance, readTrust } from '#provenance/console/index.ts';
import type { Provenance } from '#provenance/contract.ts';
import { provenAt } from '#provenance/index.ts';
import { type MatchedBy, readMatchedBy } from '#vulnerability/console/index.ts';
import { type AnsweredSubject, fail, notAssessed, pass, type ProductAnswer } from '../../../evidence/answer.ts';
import type { EstateSource } from '../context.ts';
import { readScanFacts } from '../scan-facts.ts';
import type { ScanFacts } from '../schema-evidence.ts';

const day = 86_400_000;
/** Days that a set of malware signatures may be old. */
const signatureDays = 7;
/** Milliseconds within which images are matched again after a new database came. */
const matchedWithin = 3_600_000;

/** What scans, verdicts and provenance show of images that run. */
export const imageAnswers: EstateSource = async ({ queries, now, images, running }) => {
  const scans = await readShownRecords(queries, running);
  const facts = await readScanFacts(
    queries,
    [...scans.values()].map(({ scan }) => scan),
  );
  const verdicts = Map.groupBy(await readPlacedVerdicts(queries, running), ({ subject }) => subject);
  const judged = [...verdicts.values()].flat().map(({ scan }) => scan);
  const matches = await readMatchedBy(queries, judged);
  const provenance = await readProvenance(
    queries,
    running.map((subject) => ofScan(subject, scans.get(subject))),
  );
  const { bases } = await readTrust(queries);
  return running.map((subject): AnsweredSubject => {
    const scan = scans.get(subject);
    const own = verdicts.get(subject) ?? [];
    const locations = environmentsOf(images.get(subject) ?? []);
    const proven = provenance(ofScan(subject, scan)).provenance;
    return {
      host: imagesPlace,
      kind: 'image',
      id: subject,
      answers: {
        'image-scanned': scanned(scan),
        'image-matched': matched(own, { matches, now }),
        'image-verdict': verdict(own, locations),
        'image-origin': origin(proven),
        'image-base-proven': baseProven(proven, bases.length === 0 ? 'none' : 'listed'),
        'image-base-current': notAssessed(
          'No registry was asked for the newest build of its base. A registry that lists the tags of trusted bases would assess this.',
        ),
        'malware-set': malwareSet(scan && facts.get(scan.scan), now),
      },
      moments: momentsOf(scan && facts.get(scan.scan), own, matches),
    };
  });
};

/** A set of signatures is too old, or a matching with new feeds is late. */
function momentsOf(
  facts: ScanFacts | undefined,
  verdicts: readonly PlacedVerdict[],
  matches: ReadonlyMap<ScanId, MatchedBy>,
): AnsweredSubject['moments'] {
  const signatures = facts?.malware === undefined ? Number.NaN : Date.parse(facts.malware.date);
  const behind = verdicts.flatMap(({ scan }) => matches.get(scan) ?? []).filter(({ current }) => !current);
  return [
    new Date(signatures + signatureDays * day),
    ...behind.map(({ matchedAt }) => new Date(matchedAt.getTime() + matchedWithin)),
  ];
}

function ofScan(subject: SubjectId, scan: ScanRecord | undefined) {
  return { subject, ...(scan !== undefined && { scan: scan.scan }) };
}

/** Where containers of it run; an empty text is a host without an environment. */
function environmentsOf(
  placements: readonly {
    readonly environment?: string;
    readonly containers: readonly { readonly environment?: string }[];
  }[],
): ReadonlySet<string> {
  return new Set(
    placements.flatMap(({ environment: own = '', containers }) =>
      containers.map(({ environment = own }) => environment),
    ),
  );
}

const noScan = 'It was never scanned. A scan by its host, by the console or in a build would assess this.';

function scanned(scan: ScanRecord | undefined): ProductAnswer {
  if (scan === undefined) return notAssessed(noScan);
  return scan.faults === 0
    ? pass(`${scan.packages} packages, scanned at ${scan.scannedAt}`)
    : fail(`The scan of ${scan.scannedAt} is incomplete: ${scan.faults} parts could not be read.`);
}

interface Matching {
  readonly matches: ReadonlyMap<ScanId, MatchedBy>;
  readonly now: Date;
}

function matched(verdicts: readonly PlacedVerdict[], { matches, now }: Matching): ProductAnswer {
  const own = verdicts.map(({ scan }) => matches.get(scan));
  const [first] = own;
  if (first === undefined)
    return notAssessed('It was never matched with a feed of vulnerabilities. A database of them would assess this.');
  const behind = own.find((one) => one?.current !== true);
  if (behind === undefined && own.every((one) => one !== undefined))
    return pass(`matched at ${first.matchedAt.toISOString()}`);
  const at = behind?.matchedAt.toISOString() ?? 'never';
  if (behind !== undefined && now.getTime() - behind.matchedAt.getTime() > matchedWithin)
    return fail(`Matched last at ${at}, with feeds that newer ones replaced.`);
  return notAssessed('Newer feeds came, and it waits to be matched with them, which is done within minutes.');
}

function verdict(verdicts: readonly PlacedVerdict[], running: ReadonlySet<string>): ProductAnswer {
  const there = verdicts.filter(({ environment = '' }) => running.has(environment));
  const failing = there.filter(({ kind }) => kind === 'fail');
  if (failing.length > 0) return fail(...failing.map(worded));
  const unknown = there.find(({ kind }) => kind === 'cannot-judge');
  if (unknown !== undefined) return notAssessed(worded(unknown));
  if (there.length < running.size)
    return notAssessed(
      'It has no verdict in every environment where it runs. A scan that counts there would assess this.',
    );
  return pass(...there.map(worded));
}

function worded({ environment, reason }: PlacedVerdict): string {
  return environment === undefined ? reason : `${environment}: ${reason}`;
}

function origin(provenance: Provenance): ProductAnswer {
  const { state, why } = provenance.origin;
  switch (state) {
    case 'proven':
      return pass(...provenAt(provenance));
    case 'disproven':
      return fail(why);
    case 'unknown':
      return notAssessed(`${why} A trusted registry that answers would assess this.`);
  }
}

function baseProven({ bases }: Provenance, listed: 'listed' | 'none'): ProductAnswer {
  const proven = bases.filter(({ state }) => state === 'proven');
  if (proven.length > 0) return pass(...proven.map(({ base }) => base));
  if (listed === 'none')
    return notAssessed('No base is approved. Listing approved bases under Trusted images would assess this.');
  const unknown = bases.find(({ state }) => state === 'unknown');
  if (unknown !== undefined) return notAssessed(unknown.why);
  const [first] = bases;
  return first === undefined
    ? notAssessed('Its base has not been looked for yet, which is done within minutes.')
    : fail(first.why);
}

function malwareSet(facts: ScanFacts | undefined, now: Date): ProductAnswer {
  if (facts === undefined) return notAssessed(noScan);
  const { malware } = facts;
  if (malware === undefined)
    return notAssessed('Its scan had no set of malware signatures. Scanning it with one would assess this.');
  const words = `${malware.name} ${malware.version} of ${malware.date}`;
  const age = now.getTime() - Date.parse(malware.date);
  if (Number.isNaN(age))
    return notAssessed(`${words} does not say when it was made. A set with a date would assess this.`);
  return age <= signatureDays * day ? pass(words) : fail(`${words} is older than ${signatureDays} days.`);
}
