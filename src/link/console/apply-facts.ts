import { sql } from 'kysely';
import { isAppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { type SentFact, supersededKind } from '../contract.ts';
import type { FactHandler, ReportingAgent } from './parts.ts';
import { linkSchema } from './schema.ts';

/** A fact with its place in the epoch; `at` is corrected already. */
export interface NumberedFact extends SentFact {
  readonly sequence: number;
}

/** A fact that was refused for its form. */
export interface RefusedFact {
  readonly fact: NumberedFact;
  readonly reason: string;
}

export interface ApplyOptions {
  readonly agent: ReportingAgent;
  readonly handlers: Readonly<Record<string, FactHandler>>;
}

/** Hands facts to the handlers of their kinds, in order. Gives those that no handler could read. */
export async function applyFacts(
  transaction: Transaction,
  facts: readonly NumberedFact[],
  options: ApplyOptions,
): Promise<readonly RefusedFact[]> {
  const refused: RefusedFact[] = [];
  for (const run of runsOf(facts)) refused.push(...(await applyRun(transaction, run, options)));
  return refused;
}

/** Neighbours of one kind. */
function runsOf(facts: readonly NumberedFact[]): readonly (readonly NumberedFact[])[] {
  const runs: NumberedFact[][] = [];
  for (const fact of facts) {
    const last = runs.at(-1);
    if (last?.[0]?.kind === fact.kind) last.push(fact);
    else runs.push([fact]);
  }
  return runs;
}

/** All at once; if one cannot be read, one by one, so that only that one is refused. */
async function applyRun(
  transaction: Transaction,
  run: readonly NumberedFact[],
  options: ApplyOptions,
): Promise<readonly RefusedFact[]> {
  const kind = run[0]?.kind;
  if (kind === undefined || kind === supersededKind) return [];
  const handler = Object.hasOwn(options.handlers, kind) ? options.handlers[kind] : undefined;
  if (handler === undefined) return run.map((fact) => ({ fact, reason: `This console knows no facts "${kind}".` }));
  const apply = (facts: readonly NumberedFact[]) =>
    attempt(transaction, () =>
      handler(
        transaction,
        options.agent,
        facts.map(({ at, body }) => ({ at, body })),
      ),
    );
  const reason = await apply(run);
  if (reason === undefined) return [];
  if (run.length === 1) return run.map((fact) => ({ fact, reason }));
  const refused: RefusedFact[] = [];
  for (const fact of run) {
    const why = await apply([fact]);
    if (why !== undefined) refused.push({ fact, reason: why });
  }
  return refused;
}

/** Undoes what the work did when a fact was at fault, and gives the reason. Throws whatever else went wrong. */
async function attempt(transaction: Transaction, work: () => Promise<void>): Promise<string | undefined> {
  const database = transaction.query(linkSchema);
  await sql`savepoint link_facts`.execute(database);
  try {
    await work();
  } catch (error) {
    const reason = faultOf(error);
    if (reason === undefined) throw error;
    await sql`rollback to savepoint link_facts`.execute(database);
    return reason;
  }
  await sql`release savepoint link_facts`.execute(database);
  return undefined;
}

/** Handlers say `bad-request`; a value that PostgreSQL cannot hold (SQLSTATE classes 22 and 23) is the fact's fault too. */
function faultOf(error: unknown): string | undefined {
  if (isAppError(error)) return error.code === 'bad-request' ? error.message : undefined;
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^2[23]...$/.test(state) ? `The store cannot hold it (${state}).` : undefined;
}
