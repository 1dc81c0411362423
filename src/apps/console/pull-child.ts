import type { ScanPublication } from '#catalog/contract.ts';
import { scanInChild } from '../agent/scan-child.ts';

/** Bytes of the longest publication of a pulled image: the console that stores it stays small. */
const longest = 48 * 1024 * 1024;

/**
 * Scans the OCI layout in a folder as `seawall catalog` does, in a process of its own that ends with this one. It is given
 * nothing of this one's environment: no address of a database, no password. Throws `AppError` with its reason.
 */
export async function scanPulled(layout: string, signal: AbortSignal): Promise<ScanPublication> {
  const words = ['catalog', `oci:${layout}`, '--no-cache', '--until-input-ends'];
  return await scanInChild({ words, env: {}, signal, longest });
}
