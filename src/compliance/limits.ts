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
  newDocuments: {
    value: 15_000,
    unit: 'new documents',
    per: 'host and hour',
    answer: 'not kept; an incident, and the subject says so',
    why: 'The first report of as many subjects as a host may have, and changes. An agent could fill the disk with others.',
  },
  newCharacters: {
    value: 256 * 1024 * 1024,
    unit: 'characters of new documents',
    per: 'host and hour',
    answer: 'not kept; an incident, and the subject says so',
    why: 'The first report of all that a host may have stored, and as much again in changes.',
  },
  hourlyTransitions: {
    value: 20_000,
    unit: 'changes of results',
    per: 'host and hour',
    answer: 'not written down; an incident, and the history says how many',
    why: 'Another setting of an engine changes some ten results of each of 750 containers. What rules, exceptions, lists and time change is not counted.',
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
