import type { Limits } from '#base/index.ts';

/** What the console's own pulls may cost. */
export const limits = {
  pullBytes: {
    value: 8 * 1024 ** 3,
    unit: 'bytes of stored layers',
    per: 'image that the console pulls',
    answer: 'the pull fails and says so; it is not tried again by itself',
  },
  pullBytesADay: {
    value: 64 * 1024 ** 3,
    unit: 'bytes of stored layers in a day (UTC)',
    per: 'all consoles of one store',
    answer: 'the pull waits for the next day',
  },
  pullFetchSeconds: {
    value: 30 * 60,
    unit: 'seconds to fetch one image',
    per: 'image that the console pulls',
    answer: 'the pull fails and is tried again later',
  },
  pullScanSeconds: {
    value: 30 * 60,
    unit: 'seconds to scan one image',
    per: 'image that the console pulls',
    answer: 'the pull fails and is tried again later',
  },
  pullsWaiting: {
    value: 500,
    unit: 'images that wait to be pulled',
    per: 'store',
    answer: '429 too-many-requests to a person; other wishes are left out',
  },
} as const satisfies Limits;
