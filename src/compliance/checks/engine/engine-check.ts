import type { EngineShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';
import { fail, type Judgement, pass } from '../../judgement.ts';

/** Makes a check of an engine. */
export const engineCheck = checksOf<EngineShape>('engine');

/**
 * Fails with what was seen, and says so where the file has the setting by now: the engine takes it when it is started again.
 */
export function failUnlessInForce(seen: readonly string[], setting: string, notInForce: readonly string[]): Judgement {
  if (seen.length === 0) return pass;
  return fail(...seen, ...(notInForce.includes(setting) ? [`${setting} is written, not in force`] : []));
}

/** How a setting is given, in words of a remedy. */
export function inFile(setting: string, value: unknown): string {
  return `Put "${setting}": ${JSON.stringify(value)} into daemon.json and restart the engine`;
}
