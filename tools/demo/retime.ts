import { decodeHours, dayOf, emptyRing, encodeHours, hoursIn, withHour } from '#runtime/hours.ts';
import { BehaviourFact, type Hours, type Item } from '#runtime/contract.ts';
import type { Recording } from './recording.ts';

/**
 * Times of the lab become times of the demo: the run is drawn out so that its short hours become whole ones, and laid so
 * that it ends now. Pure.
 */
export interface Times {
  /** A moment of the run, in milliseconds since 1970, by the demo's clock. */
  moment(lab: number): number;
  /** What was told, with its times by the demo's clock. */
  told(fact: string, body: unknown): unknown;
}

const hour = 3_600_000;

/** `now`: the last step of the recording is told in the hour before. */
export function timesOf({ bootedAt, startedAt, bucketSeconds }: Recording, last: string, now: number): Times {
  const bucket = bucketSeconds * 1000;
  const labStart = Math.floor(Date.parse(startedAt) / bucket);
  const labEnd = Date.parse(last);
  const length = Math.floor(labEnd / bucket) - labStart + 1;
  const start = Math.floor(now / hour) - length;
  const drawn = (lab: number): number => (start + lab / bucket - labStart) * hour;
  const booted = Date.parse(bootedAt);
  const moment = (lab: number): number => {
    if (lab < booted) return lab;
    if (lab < labStart * bucket) return start * hour - (labStart * bucket - lab);
    return lab <= labEnd ? drawn(lab) : drawn(labEnd) + lab - labEnd;
  };
  const shift = (shown: Hours): Hours => {
    const { old } = shown;
    const ring = hoursIn(decodeHours(shown)).reduce((sum, one) => withHour(sum, one - labStart + start), emptyRing);
    return encodeHours({ ...ring, old });
  };
  const item = (one: Item): Item => {
    const [boot, run] = [shift(one.boot), shift(one.run)];
    const hours = [boot, run].flatMap((ring) => hoursIn(decodeHours(ring)));
    return { ...one, boot, run, days: [...new Set(hours.map(dayOf))].toSorted((left, right) => left - right) };
  };
  return {
    moment,
    told: (fact, body) => {
      if (fact === 'scan') return withScanTime(body, (text) => inText(text, moment));
      const told = inAll(body, moment);
      return fact === 'behaviour' ? behaviour(BehaviourFact.parse(told), { shift, item }) : told;
    },
  };
}

interface Shifts {
  readonly shift: (hours: Hours) => Hours;
  readonly item: (one: Item) => Item;
}

function behaviour({ evidence, ...rest }: BehaviourFact, { shift, item }: Shifts): BehaviourFact {
  const dimensions = Object.entries(evidence.dimensions).flatMap(([name, seen]) =>
    seen === undefined ? [] : [[name, { exposure: shift(seen.exposure), lost: shift(seen.lost) }]],
  );
  const items = evidence.items.map(item);
  const starts = shift(evidence.starts);
  return { ...rest, evidence: { ...evidence, items, starts, dimensions: Object.fromEntries(dimensions) } };
}

/** What a scan found is content: its times are those of the image. */
function withScanTime(body: unknown, change: (text: string) => string): unknown {
  const scan = body as { readonly scannedAt: string };
  return { ...scan, scannedAt: change(scan.scannedAt) };
}

const momentForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function inText(text: string, moment: Times['moment']): string {
  return momentForm.test(text) ? new Date(moment(Date.parse(text))).toISOString() : text;
}

/** Every text that is a moment, however deep. */
function inAll(value: unknown, moment: Times['moment']): unknown {
  if (typeof value === 'string') return inText(value, moment);
  if (Array.isArray(value)) return value.map((one) => inAll(one, moment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inAll(one, moment)]));
}
