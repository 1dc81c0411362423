import { readAuditHead } from '#access/console/index.ts';
import { AppError, oneLine } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Transaction } from '#store/index.ts';
import type { deliver } from '../contract.ts';
import { type AgentRow, lockAgent } from './agents.ts';
import { applyFacts, type NumberedFact, type RefusedFact } from './apply-facts.ts';
import { checkState } from './authenticate.ts';
import type { PreparedBatch } from './batch-task.ts';
import { correctedTime, measureOffset, settleOffset } from './clock-offset.ts';
import { agentChanged, claimRefused } from './facts.ts';
import { noteGap } from './fact-gaps.ts';
import { storeHeldHeads } from './held-heads.ts';
import { checkProtocol, environmentNow } from './introduction.ts';
import type { Dependencies, ReportingAgent } from './dependencies.ts';
import { type Place, placeOf, skippedBy, storedAfter } from './place.ts';
import { keepRefused, longestReason } from './refused-facts.ts';
import { linkSchema } from './schema.ts';

type Batch = PreparedBatch;

/** `seen_at` is written at most this often. */
const noteEvery = 5_000;
/** Ended epochs that are remembered. */
const rememberedEpochs = 50;

/**
 * Stores a batch: its facts' effects and how far the agent's facts are stored, in one transaction under the agent's lock.
 * What was stored before has no effect again. Throws `AppError`: `agent-revoked`, `epoch-ended`, `not-allowed`,
 * `protocol-unsupported`.
 */
export async function receiveBatch(
  dependencies: Dependencies,
  agentId: string,
  batch: Batch,
): Promise<ReplyOf<typeof deliver>> {
  checkProtocol(batch.introduction);
  const now = dependencies.clock();
  const measured = measureOffset(batch.sentAt, now);
  return dependencies.store.transaction(async (transaction) => {
    const agent = await lockAgent(transaction, agentId);
    if (agent === undefined) throw new AppError('agent-revoked', 'There is no such agent any more.');
    checkState(agent);
    checkNames(agent, batch.introduction);
    const { environment, refused: asked } = environmentNow(batch.introduction.environment, agent);
    const offset = settleOffset(measured, agent.clock_offset, batch.facts.length);
    const place = placeOf({ epoch: agent.epoch, sequence: agent.sequence, pastEpochs: agent.past_epochs }, batch);
    const facts = factsToApply(batch, place, { offset, now });
    const refused = await applyFacts(transaction, facts, {
      agent: reportingAgent(agent, environment),
      handlers: dependencies.handlers,
    });
    await keepRefused(transaction, refused, { agent: agent.id, epoch: batch.epoch, now });
    const stored = storedAfter(place, facts.length);
    if (batch.auditHeads !== undefined)
      await storeHeldHeads(transaction, 'audit_head', { agent: agent.id, heads: batch.auditHeads, now });
    if (batch.evidenceHeads !== undefined)
      await storeHeldHeads(transaction, 'evidence_head', { agent: agent.id, heads: batch.evidenceHeads, now });
    const auditHead = await readAuditHead(transaction);
    const evidenceHead = await dependencies.evidenceHead?.(transaction);
    await note(transaction, agent, { batch, place, stored, refused, environment, asked, offset, now });
    return {
      stored,
      now: now.toISOString(),
      refused: refused.map(({ fact, reason }) => ({ sequence: fact.sequence, reason: oneLine(reason, longestReason) })),
      ...(auditHead === undefined ? {} : { auditHead }),
      ...(evidenceHead === undefined ? {} : { evidenceHead }),
    };
  });
}

function reportingAgent({ id, name, environments }: AgentRow, environment: string | null): ReportingAgent {
  return { id, name, environments, ...(environment === null ? {} : { environment }) };
}

/** A certificate speaks for one host and instance, whatever a batch says. */
function checkNames({ host, instance, name }: AgentRow, said: Batch['introduction']): void {
  if (said.host === host && said.instance === instance) return;
  throw new AppError('not-allowed', `This certificate speaks for ${name} and for no other host or instance.`);
}

function factsToApply(
  batch: Batch,
  place: Place,
  clocks: { readonly offset: number; readonly now: Date },
): readonly NumberedFact[] {
  if (place.kind === 'gap') return [];
  const skip = skippedBy(place);
  return batch.facts.slice(skip).map((fact, index) => ({
    ...fact,
    at: correctedTime(fact.at, clocks),
    sequence: batch.sequence + skip + index,
  }));
}

interface Received {
  readonly batch: Batch;
  readonly place: Place;
  readonly stored: number;
  readonly refused: readonly RefusedFact[];
  readonly environment: string | null;
  /** The environment that it asks for without being allowed to. */
  readonly asked: string | null;
  readonly offset: number;
  readonly now: Date;
}

async function note(transaction: Transaction, agent: AgentRow, received: Received): Promise<void> {
  const { place, stored, environment, asked } = received;
  const asks = agent.asked_environment !== asked;
  const changed = agent.state !== 'live' || agent.environment !== environment || asks;
  const moved = place.kind === 'begins' || (place.kind === 'follows' && stored !== agent.sequence);
  const gap = await noteGap(transaction, agent, received);
  const fresh = agent.seen_at !== null && received.now.getTime() - agent.seen_at.getTime() < noteEvery;
  if (fresh && !changed && !moved) return;
  await transaction
    .query(linkSchema)
    .updateTable('agent')
    .set({ ...contactOf(agent, received), ...positionOf(agent, received), ...refusedOf(agent, received), ...gap })
    .where('id', '=', agent.id)
    .execute();
  if (changed) await transaction.announce(agentChanged, { agent: agent.id, host: agent.name });
  if (!asks || asked === null) return;
  const reason = `The agent says that it is in ${asked}; its join token allows ${agent.environments.join(', ')}.`;
  await transaction.announce(claimRefused, { host: agent.name, reason });
}

function contactOf(agent: AgentRow, { batch, environment, asked, offset, now }: Received) {
  const { version } = batch.introduction;
  const lost = Math.max(agent.lost, batch.lost);
  const said = { version, environment, asked_environment: asked, clock_offset: offset };
  return { state: 'live' as const, seen_at: now, ...said, lost };
}

function positionOf(agent: AgentRow, { batch, place, stored }: Received) {
  if (place.kind === 'gap') return {};
  if (place.kind === 'follows') return { sequence: stored };
  const past = [...agent.past_epochs, ...(agent.epoch === null ? [] : [agent.epoch])].slice(-rememberedEpochs);
  return { epoch: batch.epoch, sequence: stored, past_epochs: past };
}

function refusedOf(agent: AgentRow, { refused, now }: Received) {
  const last = refused.at(-1);
  if (last === undefined) return {};
  return {
    refused: agent.refused + refused.length,
    refused_at: now,
    refused_reason: oneLine(last.reason, longestReason),
  };
}
