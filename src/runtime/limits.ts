import type { Limits } from '#base/index.ts';
import learning from './learning-1.json' with { type: 'json' };

/** What one agent, one model and one host may bring into models and incidents. */
export const limits = {
  entriesOfHost: {
    value: 5_000,
    unit: 'entries that it brought into one model',
    per: 'host',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
    why: 'A model of a busy application has a few hundred.',
  },
  entriesOfModel: {
    value: learning.mostItems,
    unit: 'entries',
    per: 'model',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
  },
  reviewQueue: {
    value: learning.mostInReview,
    unit: 'entries that wait for a person',
    per: 'model',
    answer: 'The entries beyond are not stored; an incident names the host and how many.',
  },
  armedOfHost: {
    value: 10_000,
    unit: 'containers of which it is kept how they are armed',
    per: 'host',
    answer: 'The oldest beyond are forgotten; those containers are shown as unknown.',
    why: 'A sensor watches 4,096 at once.',
  },
  incidentsOfHost: {
    value: 100,
    unit: 'new incidents in an hour',
    per: 'host',
    answer: 'Further detections of the hour are one incident of the host, with their number.',
    why: 'More is read by nobody, and each costs a page and a notice.',
  },
} as const satisfies Limits;
