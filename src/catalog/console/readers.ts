import type { Principal } from '#http/console/index.ts';
import type { ScanRecord } from './scans.ts';

/** Whether somebody may see what became of a scan: who reads the whole estate, else only who published it. */
export function mayReadScan(scan: Pick<ScanRecord, 'publisher'>, principal: Principal | undefined): boolean {
  if (principal === undefined) return false;
  if (principal.permissions.includes('read') && principal.collections === undefined) return true;
  return principal.kind === scan.publisher.kind && principal.id === scan.publisher.id;
}
