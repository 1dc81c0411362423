import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listDecisions } from '#admission/contract.ts';
import { listVulnerabilities } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { listIncidents, listModels } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { rankedQuery } from '../../app/scope-filter.ts';
import { timeQuery } from '../../app/time-range.ts';

/** Open incidents with the newest of them, and refused starts with the newest of them. */
export type OpenIncidents = ReplyOf<typeof listIncidents>;
export type Refused = ReplyOf<typeof listDecisions>;

const dayLength = 24 * 60 * 60_000;

/** How many incidents of this environment are open, and the newest of them. */
export function useOpenIncidents() {
  return useQuery(reading(listIncidents, { query: { environment: useEnvironment(), state: 'open', limit: 1 } }));
}

/** Starts that gates of this environment refused in the last 24 hours, and the newest of them. */
export function useRefused() {
  return useQuery(reading(listDecisions, { query: { environment: useEnvironment(), answer: 'deny', limit: 1 } }));
}

/** Vulnerabilities of which an image of this environment got a finding in the last 24 hours, as the Explorer lists them. */
export function useNewlyFound() {
  const [openedAt] = useState(Date.now);
  const query = { ...rankedQuery({}, useEnvironment()), ...timeQuery({ since: 'day' }, openedAt), limit: 1 };
  return useQuery(reading(listVulnerabilities, { query }));
}

/** Models of this environment that became active in the last 24 hours, counted from when the page was opened. */
export function useActivated() {
  const [openedAt] = useState(Date.now);
  const activatedSince = new Date(openedAt - dayLength).toISOString();
  return useQuery(reading(listModels, { query: { environment: useEnvironment(), activatedSince, limit: 1 } }));
}
