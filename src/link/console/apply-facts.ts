import { sql } from 'kysely';
import { AppError, isAppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { supersededKind } from '../contract.ts';
import type { PreparedFact } from './batch-task.ts';
import { announceClaims, type Claim, ClaimRefused } from './claim.ts';
import type { FactHandler, ReportingAgent } from './dependencies.ts';
import { linkSchema } from './schema.ts';

/** A fact with its place in the epoch; `at` is corrected already. */
export interface NumberedFact extends PreparedFact {
  readonly sequence: number;
}

/** A fact that was refused for its form, or for what it claims. */
export interface RefusedFact {
  readonly fact: NumberedFact;
  readonly reason: string;
  /** It claims what the agent may not. */
  readonly claim?: Claim;
}

export interface ApplyOptions {
  readonly agent: ReportingAgent;
  readonly handlers: Readonly<Record<string, FactHandler>>;
}

/** Hands facts to the handlers of their kinds, in order. Gives those that no handler took; refused claims are announced. */
export async function applyFacts(
  transaction: Transaction,
  facts: readonly NumberedFact[],
  options: ApplyOptions,
): Promise<readonly RefusedFact[]> {
  const refused: RefusedFact[] = facts.flatMap((fact) =>
    fact.fault === undefined ? [] : [{ fact, reason: fact.fault }],
  );
  const runs = runsOf(
    facts.filter(({ kind, fault }) => kind !== supersededKind && fault === undefined),
    options,
  );
  const whole = await attempt(transaction, async () => {
    for (const run of runs) await run.apply(transaction, run.facts);
  });
  if (whole === undefined) return refused;
  for (const run of runs) refused.push(...(await applyRun(transaction, run)));
  await announceClaims(
    transaction,
    options.agent.name,
    refused.flatMap(({ claim }) => claim ?? []),
  );
  return refused;
}

/** Neighbours of one kind, and what their handler does. */
interface Run {
  readonly facts: readonly NumberedFact[];
  readonly apply: (transaction: Transaction, facts: readonly NumberedFact[]) => Promise<void>;
}

function runsOf(facts: readonly NumberedFact[], options: ApplyOptions): readonly Run[] {
  const groups: NumberedFact[][] = [];
  for (const fact of facts) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === fact.kind) last.push(fact);
    else groups.push([fact]);
  }
  return groups.map((group) => runOf(group, group[0]?.kind ?? '', options));
}

function runOf(facts: readonly NumberedFact[], kind: string, { agent, handlers }: ApplyOptions): Run {
  const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
  return {
    facts,
    apply: async (transaction, some) => {
      if (handler === undefined) throw new AppError('bad-request', `This console knows no facts "${kind}".`);
      const reported = some.map(({ at, body }) => ({ at, body }));
      await handler(transaction, agent, reported);
    },
  };
}

/** All at once; if one cannot be read, one by one, so that only that one is refused. */
async function applyRun(transaction: Transaction, { facts, apply }: Run): Promise<readonly RefusedFact[]> {
  const fault = await attempt(transaction, () => apply(transaction, facts));
  if (fault === undefined) return [];
  if (facts.length === 1) return facts.map((fact) => ({ fact, ...fault }));
  const refused: RefusedFact[] = [];
  for (const fact of facts) {
    const why = await attempt(transaction, () => apply(transaction, [fact]));
    if (why !== undefined) refused.push({ fact, ...why });
  }
  return refused;
}

type Fault = Omit<RefusedFact, 'fact'>;

/** Undoes what the work did when a fact was at fault, and gives the reason. Throws whatever else went wrong. */
async function attempt(transaction: Transaction, work: () => Promise<void>): Promise<Fault | undefined> {
  const database = transaction.query(linkSchema);
  await sql`savepoint link_facts`.execute(database);
  try {
    await work();
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    await sql`rollback to savepoint link_facts`.execute(database);
    return fault;
  }
  await sql`release savepoint link_facts`.execute(database);
  return undefined;
}

/** Handlers say `bad-request`; a value that PostgreSQL cannot hold (SQLSTATE classes 22 and 23) is the fact's fault too. */
function faultOf(error: unknown): Fault | undefined {
  if (error instanceof ClaimRefused) {
    const { message: reason, subject } = error;
    return { reason, claim: { reason, subject } };
  }
  if (isAppError(error)) return error.code === 'bad-request' ? { reason: error.message } : undefined;
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^2[23]...$/.test(state) ? { reason: `The store cannot hold it (${state}).` } : undefined;
}
