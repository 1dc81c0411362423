import { exceptions } from '../../scan/excepted.ts';
import { faultGroups, faultPlace, moreFaults, placedFaults } from '../../scan/fault-groups.ts';
import type { ScanResult } from '../../scan/result.ts';

interface Message {
  readonly level: 'info' | 'warn';
  readonly value: string;
}

/** Faults of one code, and findings that do not count, that are told one by one. */
const mostOfOne = 20;

/** The verdict first, then what was not seen or not judged, then what does not count and why. */
export function messagesOf(result: ScanResult): readonly Message[] {
  const { verdict, database, judgedBy } = result;
  const isUnknown = database === undefined && judgedBy.kind === 'this-machine';
  return [
    { level: verdict.kind === 'pass' ? 'info' : 'warn', value: `${verdict.kind}: ${verdict.reason}` },
    ...(isUnknown ? [{ level: 'warn' as const, value: 'Findings are unknown: nothing was matched.' }] : []),
    ...faultGroups(placedFaults(result), mostOfOne).flatMap((group) => [
      ...group.shown.map((fault) => {
        const place = faultPlace(fault);
        return { level: 'warn' as const, value: `${fault.code}: ${fault.message}${place === '' ? '' : ` (${place})`}` };
      }),
      ...(group.more === 0
        ? []
        : [{ level: 'warn' as const, value: `${group.code}: ${moreFaults(group, 'the JSON result holds')}` }]),
    ]),
    ...uncounted(result),
  ];
}

function uncounted(result: ScanResult): readonly Message[] {
  const isExcepted = exceptions(result);
  const lines = result.findings.flatMap((finding) => {
    const { suppressed } = finding;
    if (suppressed !== undefined)
      return [`Not counted: ${finding.id} in ${finding.package}, by ${suppressed.by}: ${suppressed.reason}`];
    return isExcepted(finding)
      ? [`Not counted: ${finding.id} in ${finding.package}: an exception keeps it from counting.`]
      : [];
  });
  const more = lines.length - mostOfOne;
  return [
    ...lines.slice(0, mostOfOne),
    ...(more > 0 ? [`Not counted: ${more} more findings; the JSON result holds all.`] : []),
  ].map((value) => ({ level: 'info', value }));
}
