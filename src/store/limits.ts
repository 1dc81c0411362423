import type { Limits } from '#base/index.ts';

/** How long a statement may take; a request is then answered `store-busy`, a job is tried again. */
export const limits = {
  requestStatement: { value: 10, unit: 'seconds', per: 'SQL statement of a request', answer: '503 store-busy' },
  requestLock: {
    value: 5,
    unit: 'seconds of waiting for a lock',
    per: 'SQL statement of a request',
    answer: '503 store-busy',
  },
  requestIdle: { value: 30, unit: 'idle seconds', per: 'SQL transaction of a request', answer: '503 store-busy' },
  jobStatement: { value: 300, unit: 'seconds', per: 'SQL statement of a job or of upkeep', answer: 'tried again' },
  jobLock: {
    value: 120,
    unit: 'seconds of waiting for a lock',
    per: 'SQL statement of a job or of upkeep',
    answer: 'tried again',
  },
  jobIdle: { value: 600, unit: 'idle seconds', per: 'SQL transaction of a job or of upkeep', answer: 'tried again' },
  requestSessions: { value: 12, unit: 'PostgreSQL sessions', per: 'console, for requests', answer: 'others wait, 503' },
  jobSessions: { value: 8, unit: 'PostgreSQL sessions', per: 'console, for jobs and upkeep', answer: 'others wait' },
} as const satisfies Limits;
