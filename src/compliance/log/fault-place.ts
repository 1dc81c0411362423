import type { LogFault } from './verify-log.ts';

/** Number of the batch, and of the row in it where one is known, as people count: `2, row 1` is the first row of batch 2. */
export function faultPlace(fault: LogFault): string {
  const row = 'position' in fault && fault.position !== undefined ? `, row ${fault.position + 1}` : '';
  return `${fault.batch}${row}`;
}
