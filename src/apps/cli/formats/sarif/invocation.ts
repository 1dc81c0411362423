import type { Fault } from '#catalog/contract.ts';
import { faultCatalogue } from '#image/index.ts';
import { remedyOfFault } from '#policy/index.ts';
import { faultEffects, faultPlace, placedFaults } from '../../scan/fault-groups.ts';
import type { ScanResult } from '../../scan/result.ts';
import { exitCodes } from '../../scan/verdict-exit.ts';
import { message } from './message.ts';
import { uriOf } from './place.ts';

/** Faults that are told one by one. */
const mostFaults = 1000;

const ownKinds: Readonly<Record<string, string>> = {
  'cannot-judge': 'The scan has no verdict.',
  'results-cut': 'There are more results than the file holds.',
  'faults-cut': 'There are more faults than the file holds.',
};

/** Every kind of notification that may be there, with what it means. */
export function notificationKinds({ catalog }: ScanResult): readonly object[] {
  return idsOf(catalog.faults).map((id) => ({ id, shortDescription: message(meaningOf(id)) }));
}

/** How the scan went: a scan without a verdict did not succeed, so that no results are never taken for a pass. */
export function invocationOf(result: ScanResult, cut: string | undefined): object {
  const { verdict, catalog } = result;
  const withheld = verdict.kind === 'cannot-judge';
  const more = catalog.faults.length - mostFaults;
  const places = new Map(idsOf(catalog.faults).map((id, index) => [id, index]));
  const effectOf = faultEffects(result);
  const notify = (reported: Omit<Reported, 'index'>): object =>
    notification({ ...reported, index: places.get(reported.id) });
  const notifications = [
    ...(withheld ? [notify({ level: 'error', id: 'cannot-judge', text: verdict.reason })] : []),
    ...(cut === undefined ? [] : [notify({ level: 'warning', id: 'results-cut', text: cut })]),
    ...placedFaults(result)
      .slice(0, mostFaults)
      .map((fault) => {
        const effect = effectOf(fault);
        const level = effect === 'cannot-judge' || effect === 'block' ? 'error' : 'warning';
        return { ...notify({ level, id: fault.code, text: textOf(fault) }), ...placeOf(fault, result) };
      }),
    ...(more > 0 ? [notify({ level: 'warning', id: 'faults-cut', text: cutText(more) })] : []),
  ];
  return {
    executionSuccessful: !withheld,
    exitCode: exitCodes[verdict.kind],
    exitCodeDescription: `${verdict.kind}: ${verdict.reason}`,
    toolExecutionNotifications: notifications,
  };
}

interface Reported {
  readonly level: 'error' | 'warning';
  readonly id: string;
  readonly index: number | undefined;
  readonly text: string;
}

function notification({ level, id, index, text }: Reported): object {
  return { level, descriptor: { id, ...(index === undefined ? {} : { index }) }, message: message(text, 4000) };
}

function cutText(more: number): string {
  return `${more} more ${more === 1 ? 'fault' : 'faults'}; the JSON result holds all.`;
}

function textOf(fault: Fault): string {
  const place = faultPlace(fault);
  return `${fault.message}${place === '' ? '' : ` (${place})`} ${remedyOfFault(fault.code)}`;
}

function placeOf({ path, layer }: Fault, { target }: ScanResult): object {
  const uri = path === undefined ? undefined : uriOf(path, target);
  return {
    ...(uri === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: { uri } } }] }),
    ...(layer === undefined ? {} : { properties: { layer } }),
  };
}

function idsOf(faults: readonly Fault[]): readonly string[] {
  return [...new Set([...Object.keys(ownKinds), ...faults.slice(0, mostFaults).map(({ code }) => code)])];
}

/** A newer scanner may report codes that this version does not know. */
function meaningOf(id: string): string {
  if (Object.hasOwn(faultCatalogue, id)) return faultCatalogue[id as keyof typeof faultCatalogue];
  return Object.hasOwn(ownKinds, id) ? (ownKinds[id] ?? id) : id;
}
