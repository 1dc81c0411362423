import type { Json } from '../../src/policy/console/bundle/testing.ts';
import type { PartName } from '../../src/policy/contract.ts';

/** What somebody might change in a bundle. */
export interface Change {
  readonly name: string;
  readonly part: PartName;
  readonly change: (part: Json) => void;
}

export const changes: readonly Change[] = [
  { name: 'rule', part: 'rules', change: ({ policies }) => void policies.splice(0, policies.length - 1) },
  { name: 'advisory', part: 'advisories', change: ({ lookups }) => void lookups.advisories.pop() },
  {
    name: 'scan',
    part: 'scans',
    change: (scans: readonly Json[]) => scans.forEach((one) => one.catalog.packages.splice(0, 30)),
  },
  { name: 'silenced', part: 'counting', change: (part) => void part.silenced.push(part.counting.pop()) },
  {
    name: 'answer',
    part: 'result',
    change: (result) => void (result.verdict = result.verdict.replace('"kind":"', '"kind":"x')),
  },
];
