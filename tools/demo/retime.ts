import { decodeHours, dayOf, emptyRing, encodeHours, hoursIn, withHour } from '#runtime/hours.ts';
import { BehaviourFact, type Hours, type Entry } from '#runtime/contract.ts';
import { type Recording, stepsOf } from './recording.ts';

/**
 * Times of the lab become times of the demo: each step ends on the day that the story gives it and takes an hour there,
 * and what lies between two steps is drawn out or pushed together. Pure.
 */
export interface Times {
  /** A moment of the run, in milliseconds since 1970, by the demo's clock. */
  moment(lab: number): number;
  /** What was told, with its times by the demo's clock. */
  reported(fact: string, body: unknown): unknown;
}

const hour = 3_600_000;
const day = 24 * hour;

/** The last step of the recording ends at `end`. */
export function timesOf(recording: Recording, end: number): Times {
  const bucket = recording.bucketSeconds * 1000;
  const moment = mappingOf(recording, end);
  const shift = (shown: Hours): Hours => {
    const hours = hoursIn(decodeHours(shown)).map((one) => Math.floor(moment((one + 0.5) * bucket) / hour));
    return encodeHours({ ...hours.reduce(withHour, emptyRing), old: shown.old });
  };
  const entry = (one: Entry): Entry => {
    const [boot, run] = [shift(one.boot), shift(one.run)];
    const hours = [boot, run].flatMap((ring) => hoursIn(decodeHours(ring)));
    return { ...one, boot, run, days: [...new Set(hours.map(dayOf))].toSorted((left, right) => left - right) };
  };
  return {
    moment,
    reported: (fact, body) => {
      if (fact === 'scan') return withScanTime(body, (text) => inText(text, moment));
      const reported = inAll(body, moment);
      return fact === 'behaviour' ? behaviour(BehaviourFact.parse(reported), { shift, entry }) : reported;
    },
  };
}

/** A moment of the lab, and the same by the demo's clock. */
type Anchor = readonly [lab: number, demo: number];

/** What was before the run, or comes after it, keeps its distance; what was before the machine was started means itself. */
function mappingOf(recording: Recording, end: number): (lab: number) => number {
  const steps = stepsOf(recording);
  const lastDay = steps.at(-1)?.day ?? 0;
  const anchors = steps.flatMap(({ from, at, day: number }): Anchor[] => {
    const ends = end - (lastDay - number) * day;
    return [
      [Date.parse(from), ends - hour],
      [Date.parse(at), ends],
    ];
  });
  const [first = [0, 0], last = first] = [anchors[0], anchors.at(-1)];
  const booted = Date.parse(recording.bootedAt);
  return (lab) => {
    if (lab < booted) return lab;
    if (lab <= first[0]) return first[1] - (first[0] - lab);
    const next = anchors.findIndex(([one]) => one >= lab);
    const [before, after] = [anchors[next - 1], anchors[next]];
    if (before === undefined || after === undefined) return last[1] + lab - last[0];
    const length = after[0] - before[0];
    return length === 0 ? after[1] : before[1] + ((lab - before[0]) / length) * (after[1] - before[1]);
  };
}

interface Shifts {
  readonly shift: (hours: Hours) => Hours;
  readonly entry: (one: Entry) => Entry;
}

function behaviour({ evidence, ...rest }: BehaviourFact, { shift, entry }: Shifts): BehaviourFact {
  const dimensions = Object.entries(evidence.dimensions).flatMap(([name, seen]) =>
    seen === undefined ? [] : [[name, { exposure: shift(seen.exposure), lost: shift(seen.lost) }]],
  );
  const items = evidence.items.map(entry);
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
