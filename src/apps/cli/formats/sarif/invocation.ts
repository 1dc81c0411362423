import type { ScanResult } from '../../scan/result.ts';
import { exitCodes } from '../../scan/verdict-exit.ts';
import { message } from './message.ts';

/** Faults that are told one by one. */
const mostFaults = 1000;

/** How the scan went: a scan without a verdict did not succeed, so that no results are never taken for a pass. */
export function invocationOf({ verdict, catalog }: ScanResult, cut: string | undefined): object {
  const withheld = verdict.kind === 'cannot-judge';
  const more = catalog.faults.length - mostFaults;
  const notifications = [
    ...(withheld ? [notification('error', 'cannot-judge', verdict.reason)] : []),
    ...(cut === undefined ? [] : [notification('warning', 'results-cut', cut)]),
    ...catalog.faults
      .slice(0, mostFaults)
      .map(({ code, message: text, path }) =>
        notification('warning', code, path === undefined ? text : `${text} (${path})`),
      ),
    ...(more > 0 ? [notification('warning', 'faults-cut', `${more} more faults; the JSON result holds all.`)] : []),
  ];
  return {
    executionSuccessful: !withheld,
    exitCode: exitCodes[verdict.kind],
    exitCodeDescription: `${verdict.kind}: ${verdict.reason}`,
    toolExecutionNotifications: notifications,
  };
}

function notification(level: 'error' | 'warning', id: string, text: string): object {
  return { level, descriptor: { id }, message: message(text, 4000) };
}
