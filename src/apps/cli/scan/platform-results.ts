import { shownPlatform } from '#image/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import { plain } from '../plain.ts';
import type { PlatformResults, ScanResult } from './result.ts';

/** What people are told of each platform, and of what was passed by. The worst stands last, as of one image its verdict does. */
export function platformLines(all: PlatformResults): string {
  const told = [
    ...all.results.map((one) => ({
      kind: one.verdict.kind,
      text: `${platformName(one)}: ${one.verdict.reason}`,
    })),
    ...all.unscanned.map(({ platform, reason }) => ({
      kind: 'cannot-judge' as const,
      text: `${platform} was not scanned: ${reason}`,
    })),
  ];
  const worst = worstOf(all);
  const first = told.find(({ kind }) => kind === worst);
  const lines = [
    ...(all.attestations === 0 ? [] : [`Not scanned, as they are no images: attestations, ${all.attestations}.`]),
    ...told.filter((one) => one !== first).map(({ kind, text }) => `${kind}: ${text}`),
    `${worst}: ${first?.text ?? 'no platform was scanned'}`,
  ];
  return lines.map((line) => `${plain(line)}\n`).join('');
}

/** `linux/arm64`. */
export function platformName({ subject }: Pick<ScanResult, 'subject'>): string {
  return subject.kind === 'image' ? shownPlatform(subject.platform) : 'unknown';
}

/** The worst of all: one that fails, then one without a verdict. What was not scanned has none. */
export function worstOf({ results, unscanned }: PlatformResults): VerdictKind {
  const kinds = results.map(({ verdict }) => verdict.kind);
  if (kinds.includes('fail')) return 'fail';
  return kinds.includes('cannot-judge') || unscanned.length > 0 || kinds.length === 0 ? 'cannot-judge' : 'pass';
}
