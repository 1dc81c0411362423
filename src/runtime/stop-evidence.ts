import type { Model, StopEvidence } from './contract.ts';
import { decodeHours, emptyRing, encodeHours, hourOf, hoursIn } from './hours.ts';

/** What of one model is known when it is asked what would have been stopped. */
export interface EvidenceTerms {
  readonly model: Model;
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly bucketSeconds: number;
  /** Whether a counting scan lists all programs of the image. */
  readonly scanned: 'whole' | 'no';
  /** Running containers of which their hosts do not say enough, by why. */
  readonly silent: readonly { readonly name: string; readonly reason: string }[];
  /** Kinds of events that were not kept apart. */
  readonly left: number;
}

type Unknown = StopEvidence['unknown'][number];
type OfModel = Omit<StopEvidence, 'models' | 'left'>;

/** From when to when the evidence of a model goes, and what is not known. Pure. */
export function evidenceOf(terms: EvidenceTerms): OfModel {
  const { days, now, bucketSeconds, model } = terms;
  const dimension = model.evidence.dimensions.process ?? { exposure: none, lost: none };
  const last = hourOf(now, bucketSeconds);
  const first = hourOf(now - days * day, bucketSeconds);
  const within = (hour: number): boolean => hour >= first && hour <= last;
  const exposed = hoursIn(decodeHours(dimension.exposure)).filter(within);
  const lost = new Set(hoursIn(decodeHours(dimension.lost)).filter(within));
  const watched = exposed.filter((hour) => !lost.has(hour)).length;
  const [begin] = exposed;
  // What is seen in the hour of now is told when it is over.
  const over = exposed.filter((hour) => hour < last).length;
  const known = { first, last, begin, lost: lost.size, exposed: over };
  return {
    days,
    ...(begin === undefined ? {} : { from: momentOf(begin, bucketSeconds) }),
    to: new Date(now).toISOString(),
    watched,
    of: last - first + 1,
    unknown: [...ofHours(terms, known), ...ofStarts(terms, within), ...ofPlace(terms)].map((one) => ({
      ...one,
      reason: one.reason.slice(0, 1000),
      models: 1,
    })),
  };
}

const day = 24 * 60 * 60_000;
const none = encodeHours(emptyRing);

interface Known {
  readonly first: number;
  readonly last: number;
  /** Missing: no hour was watched. */
  readonly begin: number | undefined;
  /** Hours that were watched and are over. */
  readonly exposed: number;
  readonly lost: number;
}

type Said = Omit<Unknown, 'models'>;

function ofHours({ days, bucketSeconds, left }: EvidenceTerms, known: Known): readonly Said[] {
  const { first, last, begin, lost, exposed } = known;
  const unit = bucketSeconds === 3600 ? 'hour' : `${bucketSeconds} s period`;
  const counted = (count: number): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (begin === undefined)
    return [
      {
        kind: 'nothing-watched',
        reason: `Nothing was watched in the last ${days} days: no container ran, or no sensor was there. Nobody can say what would have been stopped.`,
      },
    ];
  const gaps = last - begin - exposed;
  return [
    ...(begin > first
      ? [{ kind: 'short', reason: `What happened before ${wordsOf(begin, bucketSeconds)} is not known.` } as const]
      : []),
    ...(gaps > 0
      ? [
          {
            kind: 'gaps',
            reason: `Not watched since then: ${counted(gaps)}. No container ran, or its sensor was away.`,
          } as const,
        ]
      : []),
    ...(lost > 0
      ? [{ kind: 'lost', reason: `Events were lost in ${counted(lost)}: what ran there may be missing.` } as const]
      : []),
    ...(left > 0
      ? [{ kind: 'too-many', reason: `${left} alerts of further programs are not listed apart.` } as const]
      : []),
  ];
}

function ofStarts({ model, now, days }: EvidenceTerms, within: (hour: number) => boolean): readonly Said[] {
  const starts = hoursIn(decodeHours(model.evidence.starts)).filter(within).length;
  const since = model.inheritedFrom === undefined ? Number.NEGATIVE_INFINITY : Date.parse(model.inheritedFrom.at);
  return [
    ...(starts === 0
      ? [
          {
            kind: 'no-start',
            reason:
              'No container was seen from its start in these days: what runs at a start alone is not known. Restart one.',
          } as const,
        ]
      : []),
    ...(since > now - days * day
      ? [
          {
            kind: 'older-version',
            reason: `What happened before ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC, the version before did.`,
          } as const,
        ]
      : []),
  ];
}

/** Containers that a sentence names. */
const mostNamed = 5;

function ofPlace({ scanned, silent }: EvidenceTerms): readonly Said[] {
  const byReason = Map.groupBy(silent, ({ reason }) => reason);
  return [
    ...(scanned === 'no'
      ? [
          {
            kind: 'unscanned',
            reason:
              'No scan that counts lists all programs of the image: what the model lacks would not be stopped before one does.',
          } as const,
        ]
      : []),
    ...[...byReason].slice(0, mostNamed).map(([reason, some]) => {
      const names = some.slice(0, mostNamed).map(({ name }) => name);
      const more = some.length > names.length ? ` and ${some.length - names.length} more` : '';
      return { kind: 'host-unknown', reason: `${names.join(', ')}${more}: ${reason}` } as const;
    }),
  ];
}

/** Evidence of several models together: of each kind that is not known, the first reason and of how many. */
export function evidenceTogether(
  all: readonly OfModel[],
  { days, now, left }: { readonly days: number; readonly now: number; readonly left: number },
): StopEvidence {
  const from = all.flatMap((one) => one.from ?? []).toSorted()[0];
  const byKind = Map.groupBy(
    all.flatMap(({ unknown }) => unknown),
    ({ kind }) => kind,
  );
  return {
    days,
    ...(from === undefined ? {} : { from }),
    to: new Date(now).toISOString(),
    watched: all.length === 0 ? 0 : Math.min(...all.map(({ watched }) => watched)),
    of: Math.max(0, ...all.map(({ of }) => of)),
    models: all.length,
    left,
    unknown: [...byKind.values()].flatMap((same) => {
      const [first] = same;
      return first === undefined ? [] : [{ ...first, models: same.length }];
    }),
  };
}

function momentOf(bucket: number, bucketSeconds: number): string {
  return new Date(bucket * bucketSeconds * 1000).toISOString();
}

function wordsOf(bucket: number, bucketSeconds: number): string {
  return `${momentOf(bucket, bucketSeconds).slice(0, 16).replace('T', ' ')} UTC`;
}
