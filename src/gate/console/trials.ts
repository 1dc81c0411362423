import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { SignedTrials, TrialsStatement, TrialsSummary } from '../contract.ts';
import { gateSchema } from './schema.ts';

/** How the rings of a host answered starts that break one line each, as it said last. */
export interface HostTrials {
  /** When the console took it in. */
  readonly reportedAt: Date;
  readonly statement: TrialsStatement;
  /** As the host signed it. */
  readonly signed: SignedTrials;
}

/** What hosts said of their trials, by host; all of them unless some are named. */
export async function readTrials(
  queries: Queries,
  hosts?: readonly string[],
): Promise<ReadonlyMap<string, HostTrials>> {
  const all = queries.query(gateSchema).selectFrom('trial').selectAll();
  const rows = await (hosts === undefined ? all : all.where('host', '=', sql<string>`any(${hosts}::text[])`)).execute();
  return new Map(
    rows.map(({ host, told_at: reportedAt, statement, signed }) => [host, { reportedAt, statement, signed }]),
  );
}

/** How many lines stand in which way. */
export function summaryOf({ at, every, lines }: TrialsStatement): TrialsSummary {
  const count = (state: 'refused' | 'passed' | 'untried'): number =>
    lines.filter((line) => line.state === state).length;
  const last = lines
    .flatMap((line) => line.last ?? [])
    .toSorted()
    .at(-1);
  return {
    at,
    every,
    refused: count('refused'),
    passed: count('passed'),
    untried: count('untried'),
    tries: lines.reduce((sum, { tried }) => sum + tried, 0),
    refusals: lines.reduce((sum, { refused }) => sum + refused, 0),
    ...(last !== undefined && { last }),
  };
}
