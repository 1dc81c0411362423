import { randomUUID } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { type ContainerInPlace, readRunningNamed, type View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { codeVerdictOf } from '../code-verdict.ts';
import { type askCode, type CodeQuestion, CodeStatement, type getCode } from '../contract.ts';
import { tellAgents } from './order-notices.ts';
import type { Parts } from './parts.ts';
import { runtimeSchema } from './schema.ts';

/** Milliseconds for which an agent is asked. */
const open = 60_000;
/** Questions that one host is asked at once. */
const most = 100;

/** Has the host asked what runs in a container. Throws `not-found`. */
export async function ask({ store, clock }: Parts, name: string, view: View): Promise<ReplyOf<typeof askCode>> {
  const { id: container, place } = await runningNamed(store, name, view);
  const request = randomUUID();
  await store.transaction(async (transaction) => {
    const row = { request, asked_at: clock() };
    await transaction
      .query(runtimeSchema)
      .insertInto('code_question')
      .values({ host: place.host, container, ...row })
      .onConflict((conflict) => conflict.columns(['host', 'container']).doUpdateSet(row))
      .execute();
    await tellAgents(transaction, { kind: 'host', host: place.host });
  });
  return { container, host: place.host, request };
}

/** What a host is asked now. */
export async function readQuestions(queries: Queries, host: string, now: Date): Promise<readonly CodeQuestion[]> {
  return await queries
    .query(runtimeSchema)
    .selectFrom('code_question')
    .select(['container', 'request'])
    .where('host', '=', host)
    .where('asked_at', '>', new Date(now.getTime() - open))
    .orderBy('asked_at')
    .orderBy('container')
    .limit(most)
    .execute();
}

/** What the host of a container said last, and what it is asked. Throws `not-found`. */
export async function readCode(queries: Queries, name: string, view: View): Promise<ReplyOf<typeof getCode>> {
  const { id, name: called, place } = await runningNamed(queries, name, view);
  const database = queries.query(runtimeSchema);
  const told = await database
    .selectFrom('code_statement')
    .selectAll()
    .where('host', '=', place.host)
    .where('container', '=', id)
    .executeTakeFirst();
  const asked = await database
    .selectFrom('code_question')
    .select(['request', 'asked_at'])
    .where('host', '=', place.host)
    .where('container', '=', id)
    .executeTakeFirst();
  return {
    container: { id, name: called, host: place.host },
    ...(told !== undefined && { code: toCode(told) }),
    ...(asked !== undefined && { asked: { request: asked.request, at: asked.asked_at.toISOString() } }),
  };
}

interface Told {
  readonly told_at: Date;
  readonly statement: string;
  readonly signature: string;
  readonly certificate: string;
}

function toCode({ told_at, ...signed }: Told): NonNullable<ReplyOf<typeof getCode>['code']> {
  const statement = CodeStatement.parse(JSON.parse(signed.statement));
  const { statement: text, signature, certificate } = signed;
  const verdict = { ...codeVerdictOf(statement) };
  return { at: told_at.toISOString(), verdict, statement, signed: { statement: text, signature, certificate } };
}

async function runningNamed(queries: Queries, name: string, view: View): Promise<ContainerInPlace> {
  const found = (await readRunningNamed(queries, name)).filter(({ place }) => view === undefined || view(place));
  const [first, ...others] =
    found.filter((one) => one.id === name).length > 0 ? found.filter(({ id }) => id === name) : found;
  if (first === undefined) throw new AppError('not-found', `No container that runs is called ${name}.`);
  if (others.length > 0)
    throw new AppError('not-found', `${found.length} containers that run are called ${name}: name one by its id.`);
  return first;
}
