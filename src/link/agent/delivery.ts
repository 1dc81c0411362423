import { setTimeout as pause } from 'node:timers/promises';
import { type AppError, isAppError, type Log, messageOf } from '#base/index.ts';
import type { CallInput, ReplyOf } from '#http/index.ts';
import { deliver, type Introduction } from '../contract.ts';
import type { Channel } from './channel.ts';
import { openPortion, type Portion } from './portion.ts';
import type { SpooledBatch } from './spool/read-batch.ts';
import type { Spool } from './spool/spool.ts';

/** How the agent stands with its console. */
export type Contact =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** Tried again by itself. */
  | { readonly kind: 'away'; readonly reason: string; readonly next: string }
  /** The console has no such agent, as after a restore; tried again by itself. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly next: string }
  /** Nothing is sent any more. */
  | { readonly kind: 'revoked'; readonly reason: string; readonly next: string };

/** Milliseconds. */
export interface Pace {
  readonly heartbeat: number;
  /** After a failure; doubled with each further one. */
  readonly firstPause: number;
  readonly longestPause: number;
}

export const usualPace: Pace = { heartbeat: 10_000, firstPause: 1_000, longestPause: 30_000 };

export interface DeliveryOptions {
  readonly channel: Channel;
  readonly spool: Spool;
  readonly introduction: Introduction;
  readonly pace: Pace;
  readonly now: () => Date;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Heads of the audit trail to tell the console with the next batch, if it is time. */
  readonly auditHeads: () => CallInput<typeof deliver>['body']['auditHeads'];
  /** The same of the evidence log. */
  readonly evidenceHeads: () => CallInput<typeof deliver>['body']['evidenceHeads'];
  /** After each answer of the console. */
  readonly answered: (reply: Reply) => Promise<void>;
  readonly contact: (contact: Contact) => void;
  /** Facts are missing for good: the whole state is to be reported. */
  readonly missed: () => void;
}

export interface Delivery {
  /** There is something new to send. */
  wake(): void;
  /** Resolves when delivery ended: closed, or revoked. */
  readonly ended: Promise<void>;
}

type Reply = ReplyOf<typeof deliver>;
type Body = CallInput<typeof deliver>['body'];

/** Seconds. */
const longestAsked = 300;

/** Brings facts to the console, in order and one batch after the other, until the signal fires. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const bell = makeBell();
  return { wake: bell.ring, ended: run(options, bell) };
}

async function run(options: DeliveryOptions, bell: Bell): Promise<void> {
  const { signal, contact, pace, log } = options;
  const portion = openPortion(log);
  let epoch: string | undefined;
  for (let failures = 0; !signal.aborted; ) {
    try {
      epoch ??= await greet(options);
      contact({ kind: 'connected' });
      await deliverEpoch(options, epoch, { bell, portion, delivered: () => (failures = 0) });
      epoch = undefined;
    } catch (error) {
      if (signal.aborted) return;
      if (isCode(error, 'agent-revoked')) return stop(options, error);
      // A console that cannot store a batch must not take this agent for one whose facts are all there: no greeting then.
      if (!isLater(error)) epoch = undefined;
      const away = contactOf(error);
      contact(away);
      log[failures === 0 ? 'warn' : 'debug'](
        away,
        'Nothing can be reported to the console now; the agent tries again.',
      );
      const wait = Math.min(pace.longestPause, pace.firstPause * 2 ** failures++);
      const spread = Math.max(wait, askedPause(error)) * (0.75 + options.random() / 2);
      await pause(Math.max(spread, askedPause(error)), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A console that has no room now, or no store: it takes the same batch later. */
function isLater(error: unknown): boolean {
  const later: readonly AppError['code'][] = [
    'internal',
    'busy',
    'too-many-requests',
    'store-busy',
    'store-full',
    'store-unavailable',
  ];
  return later.some((code) => isCode(error, code));
}

/** Milliseconds for which the console asks to wait; never more than the longest that it would say in earnest. */
function askedPause(error: unknown): number {
  const seconds = isAppError(error) ? (error.retryAfter ?? 0) : 0;
  return Math.min(Math.max(0, seconds), longestAsked) * 1000;
}

/**
 * Asks how much the console has stored, so that neither side takes one fact for another: after a restart, and when one
 * of both was restored from a backup. Gives the epoch that delivery goes on with.
 */
async function greet(options: DeliveryOptions): Promise<string> {
  const { spool } = options;
  const { epoch, acknowledged, last } = spool.position();
  const { stored } = await post(options, { epoch, sequence: acknowledged + 1, facts: [] });
  if (stored > last) await spool.endEpoch(epoch, `The console has ${stored} facts, this agent has ${last}.`);
  else if (stored >= acknowledged) await spool.acknowledge(epoch, stored);
  else await sendAgain(options, epoch, stored);
  return spool.position().epoch === epoch ? epoch : greet(options);
}

/** What the console lost and the spool still has waits again; what neither has is named, and the whole state reported. */
async function sendAgain(options: DeliveryOptions, epoch: string, stored: number): Promise<void> {
  const { spool, missed, log } = options;
  await spool.rewind(epoch, stored);
  const { acknowledged } = spool.position();
  if (acknowledged === stored) return;
  const missing = { first: stored + 1, last: acknowledged };
  const reply = await post(options, { epoch, sequence: acknowledged + 1, facts: [] }, missing);
  // Consoles of v0.1 know no gaps.
  if (reply.stored !== acknowledged) return spool.endEpoch(epoch, 'The console takes nothing after a gap.');
  log.error({ epoch, ...missing }, 'Neither the console nor this agent has these facts.');
  missed();
}

/** Delivers until another epoch begins, or something fails. */
async function deliverEpoch(
  options: DeliveryOptions,
  epoch: string,
  { bell, portion, delivered }: { readonly bell: Bell; readonly portion: Portion; readonly delivered: () => void },
): Promise<void> {
  const { spool, pace, signal, log } = options;
  while (!signal.aborted && spool.position().epoch === epoch) {
    const rung = bell.next();
    const whole = await takeBatch(options, epoch);
    if (whole !== undefined && whole.epoch !== epoch) return;
    const batch = whole && portion.of(whole);
    if (batch === undefined && (await rungWithin(rung, pace.heartbeat, signal))) continue;
    if (signal.aborted) return;
    const { acknowledged } = spool.position();
    const reply = await post(options, batch ?? { epoch, sequence: acknowledged + 1, facts: [] }).catch((error) => {
      if (batch !== undefined) portion.failed(error);
      throw error;
    });
    if (batch !== undefined) portion.taken();
    const end = batch === undefined ? acknowledged : batch.sequence + batch.facts.length - 1;
    delivered();
    if (reply.stored !== end) return;
    await spool.acknowledge(epoch, reply.stored);
    for (const { sequence, reason } of reply.refused) log.error({ sequence, reason }, 'The console refused a fact.');
  }
}

/** A spool that cannot be read is given up, not tried for ever. */
async function takeBatch({ spool }: DeliveryOptions, epoch: string): Promise<SpooledBatch | undefined> {
  try {
    return await spool.take();
  } catch (error) {
    await spool.endEpoch(epoch, messageOf(error));
    return undefined;
  }
}

async function post(
  options: DeliveryOptions,
  { epoch, sequence, facts }: SpooledBatch,
  missing?: Body['missing'],
): Promise<Reply> {
  const { channel, spool, introduction, now, signal } = options;
  const { lost, before } = spool.position();
  const [auditHeads, evidenceHeads] = [options.auditHeads(), options.evidenceHeads()];
  const body = {
    introduction,
    epoch,
    sequence,
    sentAt: now().toISOString(),
    lost,
    ...(before && { before }),
    ...(missing && { missing }),
    facts: [...facts] as Body['facts'],
    ...(auditHeads === undefined ? {} : { auditHeads }),
    ...(evidenceHeads === undefined ? {} : { evidenceHeads }),
  };
  const reply = await channel.call(deliver, { body }, signal).catch(async (error: unknown) => {
    if (isCode(error, 'epoch-ended')) await spool.endEpoch(epoch, error.message);
    throw error;
  });
  await options.answered(reply);
  return reply;
}

function stop({ contact, log, spool }: DeliveryOptions, { message, next }: AppError): void {
  contact({ kind: 'revoked', reason: message, next });
  const { acknowledged, last } = spool.position();
  log.error({ reason: message, next, kept: last - acknowledged }, 'This agent is revoked and sends nothing any more.');
}

function contactOf(error: unknown): Contact & { readonly kind: 'away' | 'unknown' } {
  if (isCode(error, 'not-signed-in')) return unknown;
  const next = isAppError(error) ? error.next : 'Look into the logs of agent and console.';
  return { kind: 'away', reason: messageOf(error), next };
}

const unknown: Contact & { readonly kind: 'unknown' } = {
  kind: 'unknown',
  reason:
    'The console does not know this agent: it was restored from a backup of before the agent joined, or set up again.',
  next: 'Start the agent once more with a new join token; what it holds is sent then.',
};

function isCode(error: unknown, code: AppError['code']): error is AppError {
  return isAppError(error) && error.code === code;
}

/** Rings for whoever waits. */
interface Bell {
  ring(): void;
  /** Resolves at the next ring. */
  next(): Promise<void>;
}

function makeBell(): Bell {
  let coming = Promise.withResolvers<void>();
  return {
    ring: () => {
      coming.resolve();
      coming = Promise.withResolvers<void>();
    },
    next: () => coming.promise,
  };
}

async function rungWithin(rung: Promise<void>, wait: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const both = AbortSignal.any([over.signal, signal]);
  const silence = pause(wait, false, { signal: both }).catch(() => false);
  return Promise.race([rung.then(() => true), silence]).finally(() => over.abort());
}
