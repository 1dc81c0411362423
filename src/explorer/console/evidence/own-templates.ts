import { sql } from 'kysely';
import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock, type Immutable } from '#base/index.ts';
import type { ChildPool, RunOptions } from '#http/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { OwnTemplate, SavedTemplate, saveOwnTemplate } from '../../contract-templates.ts';
import { limits } from '../../limits.ts';
import { explorerSchema } from '../schema.ts';
import { readOwnTemplateTask } from './own-template-task.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** The last text of a template that was written here. */
export interface OwnRow {
  readonly template: OwnTemplate;
  readonly text: string;
  /** Of the text; a deletion counts as one more. */
  readonly version: number;
  readonly savedAt: Date;
  readonly savedBy: string;
  readonly deletedAt?: Date;
}

const lock = 'explorer own templates';
/** Deleted templates whose history is listed, the last ones. */
const mostDeleted = 50;

/** All, by their ids. One that was deleted stays with its last text. */
export async function readOwnRows(queries: Queries): Promise<readonly OwnRow[]> {
  const { rows } = await sql<{
    readonly body: OwnTemplate;
    readonly text: string;
    readonly version: number;
    readonly saved_at: Date;
    readonly saved_by: string;
    readonly deleted_at: Date | null;
  }>`
    select body, text, version, saved_at, saved_by, deleted_at from (
      select distinct on (id) * from explorer.own_template order by id, version desc) newest
    where deleted_at is null or id in (
      select id from explorer.own_template where deleted_at is not null order by deleted_at desc limit ${mostDeleted})
    order by body ->> 'id'`.execute(queries.query(explorerSchema));
  return rows.map(({ body, text, version, saved_at: savedAt, saved_by: savedBy, deleted_at: deletedAt }) => ({
    template: body,
    text,
    version,
    savedAt,
    savedBy,
    ...(deletedAt !== null && { deletedAt }),
  }));
}

/** All as they were written. */
export async function listOwn(queries: Queries): Promise<readonly SavedTemplate[]> {
  return (await readOwnRows(queries)).map(toSaved);
}

function toSaved({
  template: { id, title, controls },
  text,
  version,
  savedAt,
  savedBy,
  deletedAt,
}: OwnRow): SavedTemplate {
  return {
    id,
    title,
    version,
    controls: controls.length,
    text,
    savedAt: savedAt.toISOString(),
    savedBy,
    ...(deletedAt !== undefined && { deletedAt: deletedAt.toISOString() }),
  };
}

/** Where texts that people send are read: to read one could stall the console. */
export interface Reading extends RunOptions {
  readonly children: Pick<ChildPool, 'run'>;
}

type Wanted = Immutable<HandlerInput<typeof saveOwnTemplate>['body']>;

/** Throws `AppError`: `bad-request` with the place of what is wrong, `conflict`, `limit-reached`. */
export async function saveOwn(
  { store, clock, reading: { children, ...options } }: Dependencies & { readonly reading: Reading },
  { text, basedOn }: Wanted,
  { author }: Writer,
): Promise<SavedTemplate> {
  const read = await children.run(readOwnTemplateTask, text, options);
  if (read.state === 'refused') {
    const [{ line, message } = { message: 'The text is empty.' }] = read.problems;
    throw new AppError('bad-request', line === undefined ? message : `Line ${line}: ${message}`, {
      next: 'Correct the text and save it again.',
    });
  }
  const { template } = read;
  return await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    const rows = await readOwnRows(transaction);
    const last = rows.find((one) => one.template.id === template.id);
    const before = last?.deletedAt === undefined ? last : undefined;
    const at = before?.version ?? 0;
    if (at !== basedOn)
      throw new AppError('conflict', `${template.id} is at version ${at}, and the change is based on ${basedOn}.`);
    if (before === undefined) checkRoom(rows);
    const row: OwnRow = {
      template,
      text,
      version: (last?.version ?? 0) + 1,
      savedAt: clock(),
      savedBy: author.actor.name,
    };
    await insert(transaction, row);
    const target = { kind: 'control-template', id: template.id, name: template.title } as const;
    const detail = { before: before?.template, after: template };
    await audit(transaction, { ...author, action: 'control-template-saved', target, detail });
    return toSaved(row);
  });
}

function checkRoom(rows: readonly OwnRow[]): void {
  const { value } = limits.ownTemplates;
  if (rows.filter(({ deletedAt }) => deletedAt === undefined).length < value) return;
  throw new AppError('limit-reached', `There are ${value} own templates already, and no more may be.`, {
    next: 'Delete one that is no longer needed.',
  });
}

/** Ends one; its last text stays for its history. Throws `not-found`. */
export async function deleteOwn({ store, clock }: Dependencies, id: string, { author }: Writer): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    const last = (await readOwnRows(transaction)).find((one) => one.template.id === id);
    if (last === undefined || last.deletedAt !== undefined)
      throw new AppError('not-found', `There is no own template ${id}.`);
    const { template, version } = last;
    const now = clock();
    const deleted = { ...last, version: version + 1, savedAt: now, savedBy: author.actor.name, deletedAt: now };
    await insert(transaction, deleted);
    const target = { kind: 'control-template', id, name: template.title } as const;
    await audit(transaction, { ...author, action: 'control-template-deleted', target, detail: { before: template } });
  });
}

async function insert(transaction: Transaction, row: OwnRow): Promise<void> {
  const { template, text, version, savedAt, savedBy, deletedAt = null } = row;
  await transaction
    .query(explorerSchema)
    .insertInto('own_template')
    .values({
      id: template.id,
      version,
      body: JSON.stringify(template),
      text,
      saved_at: savedAt,
      saved_by: savedBy,
      deleted_at: deletedAt,
    })
    .execute();
}
