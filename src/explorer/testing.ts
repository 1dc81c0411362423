import fc from 'fast-check';
import type { RunningContext } from '#vulnerability/index.ts';

/** Any context in which a vulnerable package may run; what is not known of it is left out. */
export const contexts: fc.Arbitrary<RunningContext> = fc.record(
  {
    exposure: fc.constantFrom('internet', 'other-host', 'same-host', 'egress-only', 'none'),
    environment: fc.constantFrom('production', 'test', 'development'),
    escape: fc.constantFrom('full', 'partial', 'namespace', 'none'),
    user: fc.constantFrom('root', 'other'),
    containers: fc.integer({ min: 0, max: 3000 }),
  },
  { requiredKeys: [] },
);

/** What is known of a finding wherever it is. */
export const facts = fc.record({
  epss: fc.double({ min: 0, max: 1, noNaN: true }),
  kev: fc.constantFrom('not-listed', 'listed', 'ransomware'),
  score: fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10),
  vectors: fc.subarray(['N', 'A', 'L', 'P'] as const),
  fix: fc.constantFrom('exists', 'none', 'unknown'),
});
