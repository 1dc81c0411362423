import type { Convergence, Dimension, Evidence, Entry, ModelState, Phase } from './contract.ts';
import { countHours, decodeHours, hourOf, hoursIn, lastHour, onlyHour, type Ring } from './hours.ts';
import constants from './learning-1.json' with { type: 'json' };
import { upperBound } from './upper-bound.ts';

/** What is counted before a verdict is made of it. */
interface Count {
  readonly hours: number;
  readonly novelHours: number;
  readonly point: number;
  readonly upper80?: number;
  readonly upper95?: number;
  readonly starts: number;
  readonly hourOfDayMask: number;
  readonly weekdayMask: number;
  /** Notable entries that nobody looked at yet. */
  readonly open: number;
  readonly lostLately: boolean;
}

export interface Converging {
  readonly bucketSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the dimension stood: it never falls back by itself. */
  readonly before?: Convergence | undefined;
}

/**
 * Whether a dimension knows enough, by how many hours a day with something new are still to be expected. To be asked once
 * an hour.
 */
export function converge(
  evidence: Evidence,
  dimension: Dimension,
  { bucketSeconds, now, before }: Converging,
): Convergence {
  const count = countUp(evidence, dimension, hourOf(now, bucketSeconds));
  const { open: _open, lostLately: _lostLately, ...shown } = count;
  const activeBlocks = blocksActive(count);
  const protectBlocks = blocksProtect(count);
  const verdict = verdictOf(count, activeBlocks, protectBlocks);
  const kept = before !== undefined && rank(before.verdict) > rank(verdict) ? before.verdict : verdict;
  return { verdict: kept, ...shown, blockedBy: rank(kept) === 0 ? activeBlocks : protectBlocks };
}

/** Whether what is unlearned in a phase may be stopped by the evidence. Boot needs starts of its own. */
export function isProtectReady(convergence: Convergence | undefined, phase: Phase): boolean {
  if (convergence?.verdict !== 'protect-ready') return false;
  return phase === 'run' || convergence.starts >= constants.startsForBoot;
}

export function isActive(convergence: Convergence | undefined): boolean {
  return convergence?.verdict === 'active' || convergence?.verdict === 'protect-ready';
}

/**
 * State of a model after its dimensions were asked again: active once process is, and network too as soon as anything is
 * known of it. Only a person takes a model back to learning.
 */
export function modelStateOf(
  state: ModelState,
  convergence: Readonly<Partial<Record<Dimension, Convergence>>>,
): ModelState {
  if (state !== 'learning' && state !== 'relearning') return state;
  const network = convergence.network === undefined || isActive(convergence.network);
  return isActive(convergence.process) && network ? 'active' : state;
}

function countUp(evidence: Evidence, dimension: Dimension, now: number): Count {
  const { exposure, lost } = ringsOf(evidence, dimension);
  const lostHours = new Set(hoursIn(lost));
  const observed = hoursIn(exposure).filter((hour) => !lostHours.has(hour));
  const starts = countHours(decodeHours(evidence.starts));
  const items = evidence.items.filter(({ fact }) => fact.dimension === dimension);
  const novelHours = novelHoursOf(items, exposure.base, starts >= constants.startsForBoot);
  const hours = observed.length;
  return {
    hours,
    novelHours,
    point: hours === 0 ? 0 : (24 * novelHours) / hours,
    ...(hours === 0
      ? {}
      : { upper80: upperBound(novelHours, hours, '80'), upper95: upperBound(novelHours, hours, '95') }),
    starts,
    hourOfDayMask: observed.reduce((mask, hour) => mask | (1 << hourOfDay(hour)), 0),
    weekdayMask: observed.reduce((mask, hour) => mask | (1 << weekdayOf(hour)), 0),
    open: items.filter(isOpen).length,
    lostLately: (lastHour(lost) ?? Number.NEGATIVE_INFINITY) > now - constants.lossFreeHours,
  };
}

function hourOfDay(hour: number): number {
  return hour % 24;
}

/** 0 is Sunday; 1 January 1970 was a Thursday. */
function weekdayOf(hour: number): number {
  return (Math.floor(hour / 24) + 4) % 7;
}

/** Hours that hold something seen in no other. What is forbidden adds none: a hostile container would hold learning open. */
function novelHoursOf(items: readonly Entry[], base: number, boots: boolean): number {
  const rings = items
    .filter((entry) => entry.class !== 'forbidden' && entry.state !== 'graveyard')
    .flatMap(({ run, boot }) => (boots ? [run, boot] : [run]));
  const hours = rings.map((hours) => onlyHour(decodeHours(hours))).filter((hour) => hour !== undefined);
  return new Set(hours.filter((hour) => hour >= base)).size;
}

function ringsOf({ dimensions }: Evidence, dimension: Dimension): { readonly exposure: Ring; readonly lost: Ring } {
  const none = { base: 0, old: false };
  const { exposure, lost } = dimensions[dimension] ?? { exposure: none, lost: none };
  return { exposure: decodeHours(exposure), lost: decodeHours(lost) };
}

function isOpen({ class: weight, state }: Entry): boolean {
  return weight === 'notable' && (state === 'review' || state === 'unconfirmed');
}

function verdictOf(count: Count, active: readonly string[], protect: readonly string[]): Convergence['verdict'] {
  const { openEnded } = constants;
  if (count.hours >= openEnded.hours && count.point > openEnded.perDay) return 'open-ended';
  if (active.length > 0) return 'learning';
  return protect.length > 0 ? 'active' : 'protect-ready';
}

function rank(verdict: Convergence['verdict']): number {
  return { learning: 0, 'open-ended': 0, active: 1, 'protect-ready': 2 }[verdict];
}

function blocksActive({ hours, upper80 }: Count): readonly string[] {
  const { hoursForActive, surprisesPerDay } = constants;
  if (upper80 === undefined || hours < hoursForActive)
    return [`Learning: ${hours} of ${hoursForActive} hours observed.`];
  if (upper80 <= surprisesPerDay.active) return [];
  return [`Up to ${upper80.toFixed(1)} new behaviours a day; target ${surprisesPerDay.active}.`];
}

function blocksProtect(count: Count): readonly string[] {
  const { hoursForProtect, surprisesPerDay, lossFreeHours } = constants;
  const { hours, upper95 = Number.POSITIVE_INFINITY, open } = count;
  const days = uncovered(count.weekdayMask, 7).map((day) => weekdays[day]);
  const clock = uncovered(count.hourOfDayMask, 24).map((hour) => `${String(hour).padStart(2, '0')}:00`);
  return [
    ...(hours < hoursForProtect ? [`${hours} of ${hoursForProtect} hours observed.`] : []),
    ...(upper95 > surprisesPerDay.protect && hours > 0
      ? [`Up to ${upper95.toFixed(1)} new behaviours a day; target ${surprisesPerDay.protect}.`]
      : []),
    ...(days.length > 0 ? [`Not yet covered: ${days.join(', ')}.`] : []),
    ...(clock.length > 0 ? [`Not yet covered: ${clock.join(', ')} UTC.`] : []),
    ...(open > 0 ? [`${open} notable ${open === 1 ? 'entry waits' : 'entries wait'} for review.`] : []),
    ...(count.lostLately ? [`Events were lost in the last ${lossFreeHours} hours.`] : []),
  ];
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function uncovered(mask: number, length: number): readonly number[] {
  return Array.from({ length }, (_, at) => at).filter((at) => (mask & (1 << at)) === 0);
}
