import type { Json } from '../../src/policy/console/bundle/testing.ts';
import type { PartName } from '../../src/policy/contract.ts';
import type { EstateImage } from './estate.ts';

/** What somebody might change in a bundle. */
export interface Change {
  readonly name: string;
  readonly part: PartName;
  readonly change: (part: Json) => void;
  /** Whose verdicts rest on it; missing: all. */
  readonly concerns?: (image: EstateImage) => boolean;
}

export const changes: readonly Change[] = [
  { name: 'rule', part: 'rules', change: ({ policies }) => void policies.splice(0, policies.length - 1) },
  {
    name: 'exception',
    part: 'exceptions',
    change: ({ findings }) => void findings.splice(0),
    concerns: ({ isExcepted }) => isExcepted,
  },
  { name: 'advisory', part: 'advisories', change: ({ lookups }) => void lookups.advisories.pop() },
  {
    name: 'date of a feed',
    part: 'advisories',
    change: ({ lookups }) =>
      lookups.coverage.forEach(({ says }: Json) => void (says.asOf = new Date('2026-11-30T11:00:00Z').toISOString())),
    concerns: ({ name }) => name.startsWith('cannot'),
  },
  {
    name: 'scan',
    part: 'scans',
    change: (scans: readonly Json[]) => scans.forEach((one) => one.catalog.packages.splice(0, 30)),
  },
  { name: 'choice of scans', part: 'counting', change: (part) => void part.silenced.push(part.counting.pop()) },
  {
    name: 'answer',
    part: 'result',
    change: (result) => void (result.verdict = result.verdict.replace('"kind":"', '"kind":"x')),
  },
];
