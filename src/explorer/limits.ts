import type { Limits } from '#base/index.ts';

/** What bounds those who read the pages. */
export const limits = {
  liveViews: {
    value: 200,
    unit: 'views',
    per: 'console',
    answer: 'the stream of live events ends',
    why: 'Pages of users who may see the same share a view; each view looks at each event once.',
  },
  attestations: {
    value: 2000,
    unit: 'attestations',
    per: 'console',
    answer: 'bad-request',
    why: 'A page shows them all, the newest first.',
  },
} as const satisfies Limits;
