import type { Limits } from '#base/index.ts';

const mebibyte = 1024 * 1024;

/** What bounds every caller of every server of this console. */
export const limits = {
  bodyBytes: { value: 64 * 1024, unit: 'bytes, unpacked', per: 'body, unless its endpoint says more', answer: '413' },
  bodyTokens: {
    value: 20_000,
    unit: 'brackets, braces, commas and colons',
    per: 'body, unless its endpoint says more',
    answer: '413',
    why: 'Empty objects cost a hundred times what they weigh.',
  },
  bodyDepth: { value: 64, unit: 'levels', per: 'body, unless its endpoint says less', answer: '413' },
  bodySent: {
    value: 32 * mebibyte,
    unit: 'bytes as sent',
    per: 'body',
    answer: '413',
    why: 'Programs of Seawall send large bodies with gzip.',
  },
  parsedHereBytes: {
    value: 64 * 1024,
    unit: 'bytes, unpacked',
    per: 'body',
    answer: 'a larger one is parsed in a child process',
  },
  parsedHereTokens: {
    value: 4_000,
    unit: 'brackets, braces, commas and colons',
    per: 'body',
    answer: 'more are parsed in a child process',
  },
  largeBodies: { value: 2, unit: 'bodies above 64 KiB at once', per: 'user, token, agent or address', answer: '429' },
  largeBytes: {
    value: 40 * mebibyte,
    unit: 'bytes of large bodies as sent, at once',
    per: 'user, token, agent or address',
    answer: '429',
  },
  largeBytesInAll: { value: 96 * mebibyte, unit: 'bytes of large bodies as sent, at once', per: 'port', answer: '429' },
  childProcesses: { value: 2, unit: 'child processes at once', per: 'console', answer: 'others wait' },
  childHeap: { value: 256, unit: 'MiB of objects', per: 'child process', answer: '422 too-costly' },
  childMemory: { value: 384, unit: 'MiB, resident', per: 'child process', answer: '422 too-costly' },
  childTime: { value: 15, unit: 'seconds', per: 'task of a child process', answer: '422 too-costly' },
  childQueue: {
    value: 8,
    unit: 'tasks that wait',
    per: 'user, token, agent or address',
    answer: '429',
    why: 'One of each caller is worked on at once, and callers take turns.',
  },
  childQueueInAll: { value: 256, unit: 'tasks that wait', per: 'console', answer: '429' },
  requestsOfUser: { value: 2000, unit: 'requests in 10 s', per: 'user', answer: '429' },
  requestsOfToken: { value: 1000, unit: 'requests in 10 s', per: 'token', answer: '429' },
  requestsOfAgent: { value: 2000, unit: 'requests in 10 s', per: 'agent', answer: '429' },
  requestsOfStranger: {
    value: 300,
    unit: 'requests in 10 s without valid credentials',
    per: 'address (IPv6: /64)',
    answer: '429',
  },
} as const satisfies Limits;
