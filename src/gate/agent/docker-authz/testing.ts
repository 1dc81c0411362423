import { connect } from 'node:net';
import { isImageDigest, silentLog } from '#base/index.ts';
import type { AdmissionRule, Decision, Ledger, LedgerEntry } from '#admission/contract.ts';
import { usualSockets } from '#inventory/index.ts';
import { askEngine, openHostView } from '#inventory/agent/index.ts';
import type { AuthorizationPorts } from './ports.ts';

export const strictRule: AdmissionRule = {
  id: 'strict',
  version: 3,
  name: 'Production',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [
    { kind: 'privileged', effect: 'block' },
    { kind: 'engine-socket', effect: 'block' },
    { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
    { kind: 'host-namespaces', deny: ['pid', 'network'], effect: 'block' },
    { kind: 'added-capabilities', allow: [], effect: 'alert' },
  ],
  agentAway: 'deny',
  builds: 'allow',
  rogue: 'alert',
};

export function entryOf(digest: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    digest: digest as LedgerEntry['digest'],
    aliases: [],
    environment: 'prod',
    answer: 'allow',
    effect: 'ignore',
    cause: 'verdict',
    evidence: [],
    reason: 'It passes its rules.',
    expiresAt: '2099-01-01T00:00:00Z',
    ...more,
  };
}

/** The rule over settings stands in it as consoles write it: as one of compliance. */
export function ledgerOf(
  entries: readonly LedgerEntry[],
  { settings = [], agentAway = 'allow', ...rule }: AdmissionRule = strictRule,
): Ledger {
  const { id, version, name, state } = rule;
  return {
    form: 1,
    host: 'box',
    sequence: 1,
    issuedAt: '2026-01-01T00:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    environment: 'prod',
    entries,
    rules: [rule],
    settings: [{ id, version, name, state, settings, agentAway }],
    collections: [],
  };
}

/** What a test may change while the plugin serves. */
export interface TestLedger {
  ledger: Ledger | undefined;
  broken: 'allow' | 'deny';
  /** Milliseconds for which each image's id is looked up. */
  slow: number;
  /** How often a start that is held waited for another ledger. */
  waits: number;
}

export interface TestPorts {
  readonly ports: AuthorizationPorts;
  readonly ledger: TestLedger;
  readonly decisions: Decision[];
}

/** A host's ports around an engine whose own store names images by their configs. */
export function testPorts(socket: string, engineRoot: string): TestPorts {
  const ledger: TestLedger = { ledger: undefined, broken: 'allow', slow: 0, waits: 0 };
  const decisions: Decision[] = [];
  let count = 0;
  const ports: AuthorizationPorts = {
    ledgerState: () => ({ ledger: ledger.ledger, breakGlass: [], now: new Date() }),
    broken: () => ledger.broken,
    host: 'box',
    environment: () => 'prod',
    ask: askEngine({ socket, patience: 5000 }),
    view: () => openHostView({ engineRoot, sockets: [...usualSockets, socket], patience: 1000 }),
    async identify(id) {
      await new Promise((resolve) => setTimeout(resolve, ledger.slow));
      return isImageDigest(id) ? id : undefined;
    },
    change(_, milliseconds) {
      ledger.waits += 1;
      return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 50)));
    },
    wrapper: () => 'absent',
    decided: (decision) => decisions.push(decision),
    trialKey: 'key of trials',
    newId: () => `decision-${(count += 1)}`,
    log: silentLog,
  };
  return { ports, ledger, decisions };
}

export interface RawReply {
  readonly status: number;
  readonly text: string;
}

/** Sends bytes as they are, so that nothing is mended on the way. */
export function sendRaw(socket: string, bytes: string | Uint8Array): Promise<RawReply> {
  return new Promise((resolve) => {
    const open = connect(socket);
    const parts: Buffer[] = [];
    const done = (): void => {
      const text = Buffer.concat(parts).toString('latin1');
      resolve({
        status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0),
        text: Buffer.from(text, 'latin1').toString(),
      });
    };
    open.on('data', (part) => parts.push(part));
    open.on('end', () => {
      done();
      open.destroy();
    });
    open.on('error', done);
    setTimeout(() => {
      done();
      open.destroy();
    }, 10_000).unref();
    open.write(bytes);
  });
}

/** One request as text; the connection ends with it. */
export function rawRequest(line: string, headers: readonly string[], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: docker', 'Connection: close', ...headers, '', body].join('\r\n');
}

export function rawJson(line: string, body: string, type = 'application/json'): string {
  return rawRequest(line, [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`], body);
}
