import type { Limits } from '#base/index.ts';

/** What bounds sign-in. Nothing locks a user or a link out. */
export const limits = {
  passwordChecks: {
    value: 1,
    unit: 'passwords hashed at once',
    per: 'console',
    answer: 'others wait',
    why: 'Each takes 19 MiB and some 30 ms of one processor.',
  },
  waitingPasswords: {
    value: 2,
    unit: 'passwords that are hashed or wait',
    per: 'network (IPv6: /48), or user who is known by a browser or a session',
    answer: '429 busy',
  },
  waitingPasswordsInAll: {
    value: 12,
    unit: 'passwords that wait; half as many again from networks without any',
    per: 'console',
    answer: '429 busy',
    why: 'So nobody waits for more than a second or two.',
  },
  waitingKnownPasswords: {
    value: 12,
    unit: 'passwords that wait, from known browsers and of users who change theirs',
    per: 'console',
    answer: '429 busy',
    why: 'Guessers cannot take these places: a known browser is proven by a cookie that the console signed.',
  },
  wrongPasswords: {
    value: 5,
    unit: 'wrong passwords before the next one waits 1, 2, 4 … seconds',
    per: 'network (IPv6: /64), known browser, or session; one is forgotten each minute',
    answer: '429 too-many-requests',
    why: 'One, where an account had 20 wrong passwords from anywhere.',
  },
  longestWait: {
    value: 60,
    unit: 'seconds between two passwords',
    per: 'network (IPv6: /64), known browser, or session',
    answer: '429 too-many-requests',
    why: 'A neighbour who attacks keeps nobody out: a known browser and a link do not wait for it.',
  },
  longestWaitAround: {
    value: 4,
    unit: 'seconds between two passwords, after 30 wrong ones',
    per: 'IPv6 /48',
    answer: '429 too-many-requests',
    why: 'Whoever has a /48 has 65,536 networks.',
  },
} as const satisfies Limits;
