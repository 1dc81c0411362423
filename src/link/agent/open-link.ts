import { sign } from 'node:crypto';
import { join } from 'node:path';
import { AppError, type Clock, type Log, messageOf, systemClock } from '#base/index.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import type { Introduction } from '../contract.ts';
import { openAuditHeads } from './audit-heads.ts';
import { openChannel } from './channel.ts';
import { type Contact, type Pace, startDelivery, usualPace } from './delivery.ts';
import { renewalOf } from './renewal.ts';
import type { Identity } from './schema.ts';
import { openSpool, type Spool } from './spool/spool.ts';

export interface OpenLinkOptions {
  readonly identity: Identity;
  /** Of this agent alone; identity and spool lie in it. */
  readonly stateFolder: string;
  readonly introduction: Introduction;
  readonly log: Log;
  /** Bytes of the spool at most; 256 MiB unless said. */
  readonly spoolBytes?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly pace?: Pace;
}

export interface SendOptions {
  /** Facts of this kind with the same key that still wait are dropped: this one says what they say, newer. */
  readonly replaces?: string;
}

/** The agent's end of the link. */
export interface AgentLink {
  /** Resolves when the fact is safe on this disk; it then reaches the console once, whatever ends in between. */
  send(kind: string, body: unknown, options?: SendOptions): Promise<void>;
  /**
   * Calls back when facts were given up or are missing at a console that was restored, so that the whole state is to be sent anew, and at once when this is the first
   * epoch. A program sends its whole state at its start anyhow.
   */
  onEpoch(callback: () => Promise<void>): void;
  /** Calls back when the console is there again, or has gone. */
  onContact(callback: (contact: Contact) => void): void;
  state(): LinkState;
  /** Resolves when everything that was sent so far is stored by the console. */
  flushed(): Promise<void>;
  /** Calls what else the console serves to agents. Throws what `call` throws. */
  call<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, signal?: AbortSignal): Promise<ReplyOf<E>>;
  /** Signs by the key of this agent's certificate: ECDSA with SHA-256, DER, base64. */
  sign(content: Buffer): { readonly signature: string; readonly certificate: string };
  /** PEM of all authorities whose consoles this agent trusts. */
  authorities(): string;
  /** Stops; what waits stays on the disk. */
  close(): Promise<void>;
}

export interface LinkState {
  readonly contact: Contact;
  /** Facts that the console does not have yet. */
  readonly waiting: number;
  /** Bytes of the spool. */
  readonly bytes: number;
  /** Facts given up since the agent joined. */
  readonly lost: number;
  /** Seconds that this host's clock is ahead of the console's; not known before the first answer. */
  readonly clockOffset?: number;
}

const usualSpoolBytes = 256 * 1024 * 1024;

/** Opens the spool and delivers what is in it, and what is sent from now on. Throws `AppError` `state-unwritable`. */
export async function openLink(options: OpenLinkOptions): Promise<AgentLink> {
  const { log, introduction, clock = systemClock } = options;
  const hub = makeHub(log);
  const spool = await openSpoolOf(options, hub.changed);
  const channel = openChannel(options.identity);
  const closing = new AbortController();
  const { signal } = closing;
  const consoleNow = (): Date => new Date(clock().getTime() - (hub.offset() ?? 0));
  const renewal = renewalOf({ channel, stateFolder: options.stateFolder, now: consoleNow, log, signal });
  const { stateFolder, random = Math.random } = options;
  const keeping = { stateFolder, agent: options.identity.agent, clock, random, log };
  const heads = await openAuditHeads(keeping);
  const evidence = await openAuditHeads({ ...keeping, of: 'evidence' });
  const delivery = startDelivery({
    channel,
    spool,
    introduction,
    pace: options.pace ?? usualPace,
    now: clock,
    random,
    log,
    signal,
    auditHeads: () => heads.toReport()?.map((head) => ({ ...head })),
    evidenceHeads: () => evidence.toReport()?.map((head) => ({ ...head })),
    answered: async ({ now, auditHead, evidenceHead }) => {
      hub.measure(clock().getTime() - Date.parse(now));
      if (auditHead !== undefined) await heads.note(auditHead);
      if (evidenceHead !== undefined) await evidence.note(evidenceHead);
      await renewal();
    },
    contact: hub.contact,
    missed: () => hub.changed('epoch'),
  });
  hub.start(delivery.wake);
  return {
    send: (kind, body, { replaces } = {}) =>
      spool.append(factOf(kind, body, clock()), replaces === undefined ? '' : `${kind} ${replaces}`),
    onEpoch: (callback) => hub.onEpoch(callback, spool.position().last === 0),
    onContact: hub.onContact,
    state: () => stateOf(spool, hub),
    flushed: () => flushed(spool, signal),
    call: channel.call,
    sign: (content) => {
      const { key, certificate } = channel.identity();
      return { signature: sign('sha256', content, key).toString('base64'), certificate };
    },
    authorities: () => channel.identity().authority,
    close: async () => {
      closing.abort();
      await delivery.ended;
      channel.close();
      await spool.close();
    },
  };
}

const kindForm = /^[a-z][a-z0-9-]{0,63}$/;

function factOf(kind: string, body: unknown, now: Date) {
  if (!kindForm.test(kind)) throw new Error(`A fact cannot be called "${kind}".`);
  // What JSON cannot say is left out, as on its way.
  return { kind, at: now.toISOString(), body: body as never };
}

async function openSpoolOf(options: OpenLinkOptions, changed: (what: 'facts' | 'epoch') => void): Promise<Spool> {
  const folder = join(options.stateFolder, 'spool');
  const { log, spoolBytes: limit = usualSpoolBytes } = options;
  return openSpool({ folder, limit, log, changed }).catch((cause: unknown) => {
    throw new AppError('state-unwritable', `The spool ${folder} cannot be opened: ${messageOf(cause)}.`, { cause });
  });
}

function stateOf(spool: Spool, hub: Hub): LinkState {
  const { acknowledged, last, bytes, lost } = spool.position();
  const offset = hub.offset();
  return {
    contact: hub.current(),
    waiting: last - acknowledged,
    bytes,
    lost,
    ...(offset === undefined ? {} : { clockOffset: Math.round(offset / 100) / 10 }),
  };
}

async function flushed(spool: Spool, signal: AbortSignal): Promise<void> {
  const { epoch, last } = spool.position();
  while (!signal.aborted) {
    const now = spool.position();
    if (now.epoch !== epoch || now.acknowledged >= last) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What one part of the link tells the others. */
interface Hub {
  changed(what: 'facts' | 'epoch'): void;
  start(wake: () => void): void;
  contact(contact: Contact): void;
  current(): Contact;
  /** Milliseconds that this clock is ahead. */
  measure(offset: number): void;
  offset(): number | undefined;
  onEpoch(callback: () => Promise<void>, atOnce: boolean): void;
  onContact(callback: (contact: Contact) => void): void;
}

function makeHub(log: Log): Hub {
  let contact: Contact = { kind: 'connecting' };
  let offset: number | undefined;
  let wake = (): void => undefined;
  const epochs: (() => Promise<void>)[] = [];
  const contacts: ((contact: Contact) => void)[] = [];
  const report = (callback: () => Promise<void>): void =>
    void callback().catch((error: unknown) => log.error({ error: messageOf(error) }, 'The state was not sent whole.'));
  return {
    changed: (what) => {
      wake();
      if (what === 'epoch') for (const callback of epochs) report(callback);
    },
    start: (waking) => {
      wake = waking;
    },
    contact: (next) => {
      const same = next.kind === contact.kind;
      contact = next;
      if (!same) for (const callback of contacts) callback(next);
    },
    current: () => contact,
    measure: (measured) => {
      offset = measured;
    },
    offset: () => offset,
    onEpoch: (callback, atOnce) => {
      epochs.push(callback);
      if (atOnce) report(callback);
    },
    onContact: (callback) => void contacts.push(callback),
  };
}
