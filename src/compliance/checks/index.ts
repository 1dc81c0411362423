import type { Check, SubjectKind } from '../check.ts';

/** Every check, by what it looks at. */
export const checks = {
  image: [],
  reference: [],
  container: [],
  host: [],
  engine: [],
  network: [],
  service: [],
  registry: [],
} as const satisfies Readonly<Record<SubjectKind, readonly Check[]>>;
