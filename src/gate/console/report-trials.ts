import { AppError } from '#base/index.ts';
import {
  type FactHandler,
  isSignedByAgent,
  type ReadFact,
  readFacts,
  type ReportingAgent,
} from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { readTrialsStatement, SignedTrials, type TrialLine, type TrialsStatement } from '../contract.ts';
import { signedBytesOfTrials } from '../signed-trials.ts';
import { gateChanged, trialPassed } from './facts.ts';
import { gateSchema } from './schema.ts';

/** Fact `trials`: the newest replaces the older. A ring that begins to let starts through is announced once. */
export const reportTrials: FactHandler = async (transaction, agent, facts) => {
  const newest = readFacts(facts, SignedTrials).at(-1);
  if (newest === undefined) return;
  const statement = await checked(transaction, agent, newest);
  const { name: host } = agent;
  const database = transaction.query(gateSchema);
  const before = await database.selectFrom('trial').select('statement').where('host', '=', host).executeTakeFirst();
  const row = {
    told_at: newest.at,
    statement: JSON.stringify(statement),
    signed: JSON.stringify(newest.body),
  };
  await database
    .insertInto('trial')
    .values({ host, ...row })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(row))
    .execute();
  const known = before?.statement.lines ?? [];
  if (standing(known) !== standing(statement.lines)) await transaction.announce(gateChanged, { host });
  const open = openRings(known);
  if ([...openRings(statement.lines)].some((ring) => !open.has(ring)))
    await transaction.announce(trialPassed, { host, at: statement.at });
};

/** Throws `bad-request` where the host itself did not sign it, or it is of another one. */
async function checked(
  transaction: Transaction,
  { id, name }: ReportingAgent,
  { at, body: { statement: text, signature, certificate } }: ReadFact<SignedTrials>,
): Promise<TrialsStatement> {
  const signed = { content: signedBytesOfTrials(text), signature, certificate, at };
  if (!(await isSignedByAgent(transaction, id, signed)))
    throw new AppError('bad-request', 'A statement about trials is not signed by the certificate of its host.');
  const statement = readTrialsStatement(text);
  if (statement?.host !== name)
    throw new AppError('bad-request', 'A statement about trials is of another host than the one that tells it.');
  return statement;
}

/** What a page shows beside counters. */
function standing(lines: readonly TrialLine[]): string {
  return JSON.stringify(lines.map(({ rule, check, ring, state }) => [rule?.id, rule?.version, check, ring, state]));
}

function openRings(lines: readonly TrialLine[]): ReadonlySet<TrialLine['ring']> {
  return new Set(lines.filter(({ state }) => state === 'passed').map(({ ring }) => ring));
}
