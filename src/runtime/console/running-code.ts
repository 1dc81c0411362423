import { randomUUID } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { type ContainerInPlace, readRunningContainers, readRunningNamed, type View } from '#inventory/console/index.ts';
import { isSignedByAgent } from '#link/console/index.ts';
import type { Queries } from '#store/index.ts';
import { codeVerdictOf } from '../code-verdict.ts';
import { type askCode, type CodeQuestion, CodeStatement, type getCode } from '../contract.ts';
import { signedBytesOf } from '../signed-code.ts';
import { notifyAgents } from './notify-agents.ts';
import type { Dependencies } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';

/** Milliseconds for which an agent is asked. */
const open = 60_000;
/** Milliseconds for which whoever asks the same joins a question that is not answered yet. */
const joined = 5000;
/** Questions that one host is asked at once. */
const most = 100;
/** Containers of one name that an error lists. */
const shownOfMany = 5;

/**
 * Has the host asked what runs in a container. Whoever asks the same at once joins the question: nobody takes the answer from
 * another one, and the host is asked once. Throws `not-found`, and `host-silent` where nobody is there to answer.
 */
export async function ask({ store, clock }: Dependencies, name: string, view: View): Promise<ReplyOf<typeof askCode>> {
  const found = await runningNamed(store, name, view);
  await refuseSilent(store, found);
  const { id: container } = found;
  const { host } = found.place;
  const now = clock();
  const request = await store.transaction(async (transaction) => {
    await transaction.lock(`code questions ${host}`);
    const database = transaction.query(runtimeSchema);
    const waiting = await database
      .selectFrom('code_question')
      .select('request')
      .where('host', '=', host)
      .where('container', '=', container)
      .where('asked_at', '>', new Date(now.getTime() - joined))
      .executeTakeFirst();
    if (waiting !== undefined) return waiting.request;
    const row = { request: randomUUID(), asked_at: now };
    await database
      .insertInto('code_question')
      .values({ host, container, ...row })
      .onConflict((conflict) => conflict.columns(['host', 'container']).doUpdateSet(row))
      .execute();
    await notifyAgents(transaction, { kind: 'host', host });
    return row.request;
  });
  return { container, host, request };
}

/** A question that nobody can answer is not worth the wait. */
async function refuseSilent(queries: Queries, { id, name, place: { host } }: ContainerInPlace): Promise<void> {
  if (await isStale(queries, host, id))
    throw new AppError('host-silent', `Nobody can say what code runs in ${name}: the agent of host ${host} is away.`, {
      next: 'Start the agent on that host, then ask again.',
    });
  const sensor = await queries
    .query(runtimeSchema)
    .selectFrom('sensor')
    .select('fact')
    .where('host', '=', host)
    .executeTakeFirst();
  if (sensor === undefined)
    throw new AppError(
      'host-silent',
      `Nobody can say what code runs in ${name}: host ${host} has reported no sensor.`,
      {
        next: 'If its agent was started with --no-runtime, start it without, as root.',
      },
    );
  const { state, reason } = sensor.fact;
  if (state === 'working') return;
  const word = state === 'missing' ? 'there is no sensor on' : 'the sensor does not answer on';
  throw new AppError('host-silent', `Nobody can say what code runs in ${name}: ${word} host ${host}.`, {
    next: reason ?? 'See on the page Hosts what its agent says of the sensor.',
  });
}

async function isStale(queries: Queries, host: string, id: string): Promise<boolean> {
  const [running] = await readRunningContainers(queries, { hosts: [host], ids: [id] });
  return running?.stale !== false;
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
export async function readCode(
  { store: queries, clock }: Dependencies,
  name: string,
  view: View,
): Promise<ReplyOf<typeof getCode>> {
  const container = await runningNamed(queries, name, view);
  const { id, name: called, place } = container;
  const database = queries.query(runtimeSchema);
  const reported = await database
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
    ...(reported !== undefined && { code: await toCode(queries, reported, { container, now: clock() }) }),
    ...(asked !== undefined && { asked: { request: asked.request, at: asked.asked_at.toISOString() } }),
  };
}

interface Reported {
  readonly told_at: Date;
  readonly statement: string;
  readonly signature: string;
  readonly certificate: string;
}

async function toCode(
  queries: Queries,
  reported: Reported,
  { container, now }: { readonly container: ContainerInPlace; readonly now: Date },
): Promise<NonNullable<ReplyOf<typeof getCode>['code']>> {
  const { told_at: at, statement: text, signature, certificate } = reported;
  const statement = CodeStatement.parse(JSON.parse(text));
  const { host } = container.place;
  const [running] = await readRunningContainers(queries, { hosts: [host], ids: [container.id] });
  const signed = { content: signedBytesOf(text), signature, certificate, at };
  const verdict = codeVerdictOf(statement, {
    now,
    isAway: running?.stale !== false,
    isSigned: running !== undefined && (await isSignedByAgent(queries, running.agent, signed)),
    ...(container.subject !== undefined && { image: container.subject }),
    ...(container.startedAt !== undefined && { startedAt: container.startedAt }),
  });
  return {
    at: at.toISOString(),
    verdict: { ...verdict },
    statement,
    signed: { statement: text, signature, certificate },
  };
}

async function runningNamed(queries: Queries, name: string, view: View): Promise<ContainerInPlace> {
  const found = (await readRunningNamed(queries, name)).filter(({ place }) => view === undefined || view(place));
  const [first, ...others] =
    found.filter((one) => one.id === name).length > 0 ? found.filter(({ id }) => id === name) : found;
  if (first === undefined)
    throw new AppError('not-found', `No container that runs is called ${name}.`, {
      next: 'Check the name or id on the page Containers. One that ended, or that you may not see, is not found.',
    });
  if (others.length > 0)
    throw new AppError('not-found', `${found.length} containers that run are called ${name}.`, {
      next: `Name one by its id: ${found
        .slice(0, shownOfMany)
        .map(({ id, place }) => `${id.slice(0, 12)} on ${place.host}`)
        .join(', ')}${found.length > shownOfMany ? ' …' : ''}.`,
    });
  return first;
}
