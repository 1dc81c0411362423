import { sql } from 'kysely';
import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock, type Immutable } from '#base/index.ts';
import type { ChildPool, RunOptions } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { subjectKinds } from '../check.ts';
import {
  type CustomCheck,
  customPrefix,
  type CustomCheckText,
  type listCustomChecks,
  type listScripts,
  mostCustomChecks,
} from '../contract.ts';
import { factNames } from '../custom-check.ts';
import { checksChanged } from './facts.ts';
import { complianceRules } from './rules.ts';
import { complianceSchema } from './schema.ts';
import { readCheckTask } from './tasks.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

const lock = 'compliance-custom-checks';

/** The newest versions of those that are in force. */
async function rowsInForce(queries: Queries) {
  return await queries
    .query(complianceSchema)
    .selectFrom('custom_check')
    .distinctOn('id')
    .selectAll()
    .orderBy('id')
    .orderBy('version', 'desc')
    .execute()
    .then((rows) => rows.flatMap(({ body, ...row }) => (body === null ? [] : [{ ...row, body }])));
}

export async function listCustom(queries: Queries): Promise<Immutable<ReplyOf<typeof listCustomChecks>>> {
  const rows = await rowsInForce(queries);
  return {
    checks: rows.map(({ id, version, body, saved_at, saved_by }) => ({
      check: checkIn({ id, version, body, saved_by }),
      savedAt: saved_at.toISOString(),
      savedBy: saved_by,
    })),
    facts: Object.fromEntries(subjectKinds.map((kind) => [kind, [...factNames(kind)]])),
  };
}

export async function readCustom(queries: Queries): Promise<readonly CustomCheck[]> {
  return (await rowsInForce(queries)).map(checkIn);
}

/** Scripts, for scans that may run them. */
export async function listScriptsOf(queries: Queries): Promise<Immutable<ReplyOf<typeof listScripts>>> {
  return { checks: (await readCustom(queries)).filter((one) => one.script !== undefined) };
}

interface SavedCheck {
  readonly id: string;
  readonly version: number;
  readonly body: CustomCheckText;
  readonly saved_by: string;
}

/** The author of a script is part of its evidence. */
function checkIn({ id, version, body, saved_by: author }: SavedCheck): CustomCheck {
  return body.script === undefined ? { ...body, id, version } : { ...body, id, version, author };
}

/** What runs on machines of builds is written by administrators alone. Throws `not-allowed`. */
function refuseScripts(principal: Writer['principal'], ...checks: readonly (CustomCheckText | undefined)[]): void {
  if (principal.permissions.includes('administer') || checks.every((one) => one?.script === undefined)) return;
  throw new AppError('not-allowed', 'Administrators alone write, change and delete checks by scripts.');
}

interface Wanted {
  readonly id: string;
  readonly check: CustomCheckText;
  /** Version that was edited, 0 for a new check. */
  readonly basedOn: number;
}

/** Where texts that people send are read: to read one could stall the console. */
export interface Reading extends RunOptions {
  readonly children: Pick<ChildPool, 'run'>;
}

/** Throws `AppError`: `not-allowed`, `bad-request`, `too-costly`, `conflict`, `limit-reached`. */
export async function saveCustom(
  { store, clock, reading: { children, ...options } }: Dependencies & { readonly reading: Reading },
  { id, check, basedOn }: Wanted,
  { principal, author }: Writer,
): Promise<CustomCheck> {
  refuseScripts(principal, check);
  await children.run(readCheckTask, check, options);
  return await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    const inForce = await readCustom(transaction);
    const before = inForce.find((one) => one.id === id);
    refuseScripts(principal, before);
    const at = before?.version ?? 0;
    if (at !== basedOn)
      throw new AppError('conflict', `The check is at version ${at}, and the change is based on ${basedOn}.`);
    if (before === undefined && inForce.length >= mostCustomChecks)
      throw new AppError('limit-reached', `There are ${mostCustomChecks} checks already, and no more may be.`, {
        next: 'Delete a check that is no longer needed.',
      });
    const version = (await newestVersion(transaction, id)) + 1;
    const after = checkIn({ id, version, body: check, saved_by: principal.name });
    await transaction
      .query(complianceSchema)
      .insertInto('custom_check')
      .values({ id, version, body: JSON.stringify(check), saved_at: clock(), saved_by: principal.name })
      .execute();
    await transaction.announce(checksChanged, { check: id });
    const target = { kind: 'custom-check', id, name: check.title };
    await audit(transaction, { ...author, action: 'custom-check-saved', target, detail: { before, after } });
    return after;
  });
}

/** Throws `AppError`: `not-found`, `not-allowed`, `conflict` with the rules that name it. */
export async function deleteCustom(
  { store, clock }: Dependencies,
  id: string,
  { principal, author }: Writer,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(complianceRules.plural);
    await transaction.lock(lock);
    const before = (await readCustom(transaction)).find((one) => one.id === id);
    if (before === undefined) throw new AppError('not-found', 'There is no such check.');
    refuseScripts(principal, before);
    const rules = (await complianceRules.inForce(transaction)).filter(({ lines }) =>
      lines.some(({ checks }) => checks.by === 'check' && checks.id === id),
    );
    if (rules.length > 0)
      throw new AppError('conflict', `Rules name the check: ${rules.map(({ name }) => `“${name}”`).join(', ')}.`, {
        next: 'Remove their lines first.',
      });
    const row = { id, version: before.version + 1, body: null, saved_at: clock(), saved_by: principal.name };
    await transaction.query(complianceSchema).insertInto('custom_check').values(row).execute();
    await transaction.announce(checksChanged, { check: id });
    const target = { kind: 'custom-check', id, name: before.title };
    await audit(transaction, { ...author, action: 'custom-check-deleted', target, detail: { before } });
  });
}

/** A deleted check that is written again goes on with its versions. */
async function newestVersion(queries: Queries, id: string): Promise<number> {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('custom_check')
    .select(sql<number | null>`max(version)`.as('version'))
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.version ?? 0;
}

/** Throws `bad-request` where a rule names a check that nobody wrote. */
export async function refuseUnknownCustom(
  queries: Queries,
  lines: readonly { readonly checks: { readonly by: string; readonly id?: string } }[],
): Promise<void> {
  const named = lines.flatMap(({ checks: { by, id = '' } }, at) =>
    by === 'check' && id.startsWith(customPrefix) ? [{ id, at }] : [],
  );
  if (named.length === 0) return;
  const known = new Set((await readCustom(queries)).map(({ id }) => id));
  const unknown = named.find(({ id }) => !known.has(id));
  if (unknown !== undefined)
    throw new AppError('bad-request', `lines.${unknown.at}.checks: there is no check ${unknown.id}.`);
}
