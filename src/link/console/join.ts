import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { AppError, isAppError } from '#base/index.ts';
import { audit } from '#access/console/index.ts';
import { matchesPattern } from '#access/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Transaction } from '#store/index.ts';
import { keyOfRequest } from '../certificates.ts';
import type { join } from '../contract.ts';
import { readJoinSecret } from '../join-secret.ts';
import { type AgentRow, agentName, endAgent, lockAgent } from './agents.ts';
import { type Certified, certify } from './certify.ts';
import { agentChanged, agentReplaced } from './facts.ts';
import { checkProtocol, environmentAtJoin } from './introduction.ts';
import { hashOfSecret } from './join-tokens.ts';
import type { Dependencies } from './dependencies.ts';
import { noteRefusedJoin } from './refused-joins.ts';
import { type LinkTables, linkSchema } from './schema.ts';
import { silentAfter } from './silence.ts';

type JoinBody = HandlerInput<typeof join>['body'];
type TokenRow = Selectable<LinkTables['join_token']>;

/** Replaced agents are listed so long. */
const replacedKept = 90 * 24 * 60 * 60_000;

/**
 * Turns a join token into an agent with a certificate. Throws `AppError`: `join-refused`, `agent-exists`, `bad-request`;
 * a use of the token is then not spent, and what was refused stands in the audit trail.
 */
export async function joinAgent(
  dependencies: Dependencies,
  body: JoinBody,
  address: string,
): Promise<ReplyOf<typeof join>> {
  checkProtocol(body);
  try {
    return await admit(dependencies, body, address);
  } catch (error) {
    if (isAppError(error) && (error.code === 'join-refused' || error.code === 'agent-exists'))
      await noteRefusedJoin(dependencies, {
        name: agentName(body),
        hash: hashOf(body),
        reason: error.message,
        address,
      });
    throw error;
  }
}

async function admit(dependencies: Dependencies, body: JoinBody, address: string): Promise<ReplyOf<typeof join>> {
  const [id, name] = [randomUUID(), agentName(body)];
  return dependencies.store.transaction(async (transaction) => {
    const token = await spendUse(transaction, dependencies, body);
    const environment = environmentAtJoin(body.environment, token.environments);
    const key = await keyOfRequest(body.csr);
    await transaction.lock(`link name ${name}`);
    const replaced = await endFormer(transaction, dependencies, { body, token });
    const certified = await certify(dependencies, id, key);
    await insertAgent(transaction, { dependencies, body, token, environment, certified, id });
    await transaction.announce(agentChanged, { agent: id, host: name });
    if (replaced !== undefined) {
      await transaction.announce(agentReplaced, { host: name, agent: id, former: replaced, joinToken: token.name });
    }
    await audit(transaction, {
      actor: { kind: 'agent', id, name },
      address,
      action: 'agent-joined',
      target: { kind: 'agent', id, name },
      detail: { joinToken: token.name, environment, ...(replaced === undefined ? {} : { replaced }) },
    });
    const { certificate, authority, expiresAt } = certified;
    return { agent: id, certificate, authority, expiresAt: expiresAt.toISOString() };
  });
}

/** Of two that race for the last use, the database lets one have it. */
async function spendUse(transaction: Transaction, { clock }: Dependencies, body: JoinBody): Promise<TokenRow> {
  const { host } = body;
  const row = await transaction
    .query(linkSchema)
    .updateTable('join_token')
    .set((is) => ({ uses: is('uses', '-', 1) }))
    .where('secret_hash', '=', hashOf(body))
    .where('uses', '>', 0)
    .where('expires_at', '>', clock())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('join-refused', 'The join token is wrong, used up, expired or revoked.');
  if (row.held_at !== null)
    throw new AppError('join-refused', 'The join token is held since an older copy of the console was restored.', {
      next: 'An administrator confirms join tokens on the page Hosts, or with `seawall token --confirm`.',
    });
  if (row.hosts !== null && !matchesPattern(row.hosts, host))
    throw new AppError('join-refused', `The join token is for hosts named ${row.hosts}, not for ${host}.`);
  return row;
}

function hashOf({ token }: JoinBody): Buffer {
  return hashOfSecret(readJoinSecret(token)?.secret ?? '');
}

/**
 * A name is in use until an administrator revokes its agent. Whoever holds it is ended only when it is silent and the
 * join token names this host and no other: an administrator said so. Gives the id of the one that was ended.
 */
async function endFormer(
  transaction: Transaction,
  { clock }: Dependencies,
  { body, token }: { readonly body: JoinBody; readonly token: TokenRow },
): Promise<string | undefined> {
  const link = transaction.query(linkSchema);
  const found = await link
    .selectFrom('agent')
    .select('id')
    .where('host', '=', body.host)
    .where('instance', '=', body.instance)
    .where('state', 'in', ['live', 'silent'])
    .executeTakeFirst();
  const former = found === undefined ? undefined : await lockAgent(transaction, found.id);
  const old = new Date(clock().getTime() - replacedKept);
  await link.deleteFrom('agent').where('state', '=', 'replaced').where('joined_at', '<', old).execute();
  if (former === undefined || (former.state !== 'live' && former.state !== 'silent')) return undefined;
  if (isHeard(former, clock())) throw stillThere(former);
  if (!namesOneHost(token)) throw nameInUse(former);
  await endAgent(transaction, former, 'replaced');
  return former.id;
}

function isHeard({ state, seen_at: seenAt, joined_at: joinedAt }: AgentRow, now: Date): boolean {
  return state === 'live' && now.getTime() - (seenAt ?? joinedAt).getTime() < silentAfter;
}

/** Which one, was compared before. */
function namesOneHost({ hosts }: TokenRow): boolean {
  return hosts !== null && !hosts.includes('*');
}

function nameInUse({ name, host }: AgentRow): AppError {
  return new AppError('agent-exists', `${name} has an agent that is silent, and the join token does not name it.`, {
    next: `Join with a token whose hosts are exactly ${host}, or revoke the silent agent first.`,
  });
}

function stillThere({ name, host, version }: AgentRow): AppError {
  return new AppError('agent-exists', `${name} already has an agent (${version}) that reports.`, {
    next: `Give this one --instance or --host-name, or revoke that agent first. To replace it without that, stop it, wait 30 seconds, and join with a token whose hosts are exactly ${host}.`,
  });
}

interface NewAgent {
  readonly dependencies: Dependencies;
  readonly body: JoinBody;
  readonly token: TokenRow;
  readonly environment: string | null;
  readonly certified: Certified;
  readonly id: string;
}

async function insertAgent(transaction: Transaction, wanted: NewAgent): Promise<void> {
  const { dependencies, body, token, environment, certified, id } = wanted;
  await transaction
    .query(linkSchema)
    .insertInto('agent')
    .values({
      id,
      name: agentName(body),
      host: body.host,
      instance: body.instance,
      version: body.version,
      environment,
      environments: token.environments,
      state: 'live',
      joined_at: dependencies.clock(),
      join_token: token.name,
      fingerprint: certified.fingerprint,
      not_after: certified.expiresAt,
    })
    .execute();
}
