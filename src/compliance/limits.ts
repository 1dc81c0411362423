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
  openExceptions: {
    value: 2000,
    unit: 'exceptions of checks requested or approved',
    per: 'console',
    answer: '409 limit-reached',
    why: 'Each is looked at for each subject in its scope.',
  },
  requestedExceptions: {
    value: 100,
    unit: 'exceptions of checks that wait for a decision',
    per: 'user',
    answer: '409 limit-reached',
  },
  replayedBuilds: {
    value: 500,
    unit: 'builds that a replay of a compliance rule judges',
    per: 'replay',
    answer: 'the newest; the reply says how many more there are',
  },
  transitionYears: {
    value: 3,
    unit: 'years of transitions',
    per: 'console',
    answer: 'whole months are forgotten',
    why: 'What an auditor asks for.',
  },
} as const satisfies Limits;
