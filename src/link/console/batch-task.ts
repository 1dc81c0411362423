import { AppError, isAppError } from '#base/index.ts';
import { type BodyInput, checked, parseSent, task, type Task } from '#http/console/tasks.ts';
import { BatchHead, deepestFact, FactHead, undeliverableKind, UndeliverableFact } from '../contract.ts';

/** A batch that was parsed, its facts prepared for their handlers. */
export interface PreparedBatch extends BatchHead {
  readonly facts: readonly PreparedFact[];
}

export interface PreparedFact extends FactHead {
  /** What the preparer of its kind made of what the agent sent; the beginning of its text when it has a fault. */
  readonly body: unknown;
  /** Why it cannot be read; it is refused alone. */
  readonly fault?: string;
}

/** Checks the body of a fact and makes what its handler gets. Throws `AppError` `bad-request`. */
export type PrepareFact = (body: unknown) => unknown;

/** By kind of fact. */
export type FactPreparers = Readonly<Record<string, PrepareFact>>;

const mostFacts = 10_000;
/** Characters of the facts of a batch that go to their handlers as they are: twice what an agent sends at once. */
const mostCharacters = 16 * 1024 * 1024;
/** Characters of a fact that nothing checks before its handler does. */
const mostUnchecked = 1024 * 1024;
const longestExcerpt = 8192;

/** Parses the body of `deliver`. What is large or costly about a fact is done here, in a child process. */
export function batchTask(preparers: FactPreparers): Task<BodyInput, PreparedBatch> {
  return task('agent-batch', async ({ sent }) => {
    const value = parseSent(sent);
    const head = checked(BatchHead, value, 'body') as BatchHead;
    const room = { left: mostCharacters };
    const facts: PreparedFact[] = [];
    for (const [at, fact] of factsOf(value).entries()) facts.push(await prepare({ fact, at }, { preparers, room }));
    return { ...head, facts };
  });
}

/** A preparer that only checks the form; the handler reads the body as it was sent. */
export function checkFact(schema: Parameters<typeof checked>[0]): PrepareFact {
  return (body) => {
    checked(schema, body, 'fact');
    return body;
  };
}

/** Counted before the first is looked at. */
function factsOf(value: unknown): readonly unknown[] {
  const facts = typeof value === 'object' && value !== null && 'facts' in value ? value.facts : undefined;
  if (!Array.isArray(facts)) throw new AppError('bad-request', 'body.facts: is no list of facts.');
  if (facts.length > mostFacts) throw new AppError('bad-request', `body.facts: holds more than ${mostFacts} facts.`);
  return facts;
}

interface Preparing {
  readonly preparers: FactPreparers;
  readonly room: { left: number };
}

async function prepare(
  { fact, at }: { readonly fact: unknown; readonly at: number },
  { preparers, room }: Preparing,
): Promise<PreparedFact> {
  const head = checked(FactHead, fact, `body.facts.${at}`) as FactHead;
  const sent = (fact as { readonly body?: unknown }).body;
  if (head.kind === undeliverableKind) return { ...head, body: null, fault: givenUp(sent) };
  if (sent === undefined) return { ...head, body: null, fault: 'It has no body.' };
  // Kept without its body, which nothing could write down.
  if (isTooDeep(sent)) return { ...head, body: null, fault: `It is nested deeper than ${deepestFact}.` };
  try {
    const prepareIt = Object.hasOwn(preparers, head.kind) ? preparers[head.kind] : undefined;
    if (prepareIt === undefined) refuseLonger(sent, mostUnchecked);
    const body = prepareIt === undefined ? sent : await prepareIt(sent);
    if (body === sent) room.left -= refuseLonger(sent, room.left);
    return { ...head, body };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'bad-request') throw error;
    return { ...head, body: textOf(sent).slice(0, longestExcerpt), fault: error.message };
  }
}

function givenUp(body: unknown): string {
  const read = UndeliverableFact.safeParse(body);
  return read.success
    ? `The agent gave up a fact "${read.data.kind}", which was refused each time: ${read.data.reason}`
    : 'The agent gave up a fact, which was refused each time.';
}

function isTooDeep(body: unknown): boolean {
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= deepestFact; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Gives its characters. */
function refuseLonger(body: unknown, most: number): number {
  const { length } = textOf(body);
  if (length > most) throw new AppError('bad-request', `The fact has ${length} characters, ${most} are taken.`);
  return length;
}

function textOf(body: unknown): string {
  return JSON.stringify(body) ?? '';
}
