import type { Limits } from '#base/index.ts';

/** What bounds the documents of one host: what goes beyond is not kept, and an incident says so. */
export const limits = {
  subjects: {
    value: 12_000,
    unit: 'subjects of checks',
    per: 'host',
    answer: 'not kept; an incident',
    why: 'A large host of an orchestrator runs some 750 containers; ten times that, with networks and services.',
  },
  storedSize: {
    value: 128 * 1024 * 1024,
    unit: 'characters of documents',
    per: 'host',
    answer: 'not kept; an incident',
  },
} as const satisfies Limits;
