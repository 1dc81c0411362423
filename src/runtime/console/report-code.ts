import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { readContainersOnHost } from '#inventory/console/index.ts';
import {
  type FactHandler,
  isSignedByAgent,
  type ReadFact,
  readFacts,
  type ReportingAgent,
} from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { CodeStatement, SignedCode } from '../contract.ts';
import { limits } from '../limits.ts';
import { signedBytesOf } from '../signed-code.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Fact `code`: what runs in a container, as its host signed it. The newest of a container replaces the older. Of a container
 * that the host has not reported nothing is kept.
 */
export const reportCode: FactHandler = async (transaction, agent, facts) => {
  const reported: Reported[] = [];
  for (const fact of readFacts(facts, SignedCode))
    reported.push({ ...fact, statement: await checked(transaction, agent, fact) });
  const { name: host } = agent;
  const ids = reported.map(({ statement }) => statement.container);
  const containers = await readContainersOnHost(transaction, host, ids);
  const kept = reported.filter(({ statement }) => containers.has(statement.container));
  for (const one of kept) await keep(transaction, host, one);
  if (kept.length > 0) await forgetOldest(transaction, host);
};

interface Reported extends ReadFact<SignedCode> {
  readonly statement: CodeStatement;
}

/** Throws `bad-request` where the host itself did not sign it, or it is of another one. */
async function checked(
  transaction: Transaction,
  { id, name }: ReportingAgent,
  { at, body: { statement: text, signature, certificate } }: ReadFact<SignedCode>,
): Promise<CodeStatement> {
  const signed = { content: signedBytesOf(text), signature, certificate, at };
  if (!(await isSignedByAgent(transaction, id, signed)))
    throw new AppError('bad-request', 'A statement about running code is not signed by the certificate of its host.');
  const statement = readStatement(text);
  if (statement.host !== name)
    throw new AppError('bad-request', 'A statement about running code is of another host than the one that tells it.');
  return statement;
}

async function keep(transaction: Transaction, host: string, { at, body, statement: said }: Reported): Promise<void> {
  const { container, request } = said;
  const { statement, signature, certificate } = body;
  const row = { told_at: at, statement, signature, certificate };
  const database = transaction.query(runtimeSchema);
  await database
    .insertInto('code_statement')
    .values({ host, container, ...row })
    .onConflict((conflict) => conflict.columns(['host', 'container']).doUpdateSet(row))
    .execute();
  if (request === undefined) return;
  await database
    .deleteFrom('code_question')
    .where('host', '=', host)
    .where('container', '=', container)
    .where('request', '=', request)
    .execute();
}

/** What is beyond the host's share goes, the oldest first. */
async function forgetOldest(transaction: Transaction, host: string): Promise<void> {
  const share = limits.codeOfHost.value * 1024 * 1024;
  await sql`
    delete from runtime.code_statement where host = ${host} and container in (
      select container from (
        select container, sum(octet_length(statement) + octet_length(certificate))
          over (order by told_at desc, container) as bytes
        from runtime.code_statement where host = ${host}) as newest
      where bytes > ${share})`.execute(transaction.query(runtimeSchema));
}

function readStatement(text: string): CodeStatement {
  try {
    return CodeStatement.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('bad-request', 'A statement about running code cannot be read by this version.', { cause });
  }
}
