import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerSettings } from '#gate/agent/ledger/compile-ledger.ts';
import type { Ledger, LedgerEntry } from '../../src/admission/contract.ts';
import type { ImageDigest } from '../../src/base/index.ts';
import { type Ended, type Listener, listen, makeGate, runToEnd, type Said, type TestGate } from '../make/gate.ts';

export const good = `sha256:${'1a'.repeat(32)}` as ImageDigest;
export const bad = `sha256:${'2b'.repeat(32)}` as ImageDigest;
export const alias = `sha256:${'3c'.repeat(32)}`;
export const strange = `sha256:${'4d'.repeat(32)}` as ImageDigest;
export const hour = 3_600_000;
export const rule = { id: 'prod', version: 2, name: 'No mediums' };

export const settings: LedgerSettings = {
  environments: [],
  hold: 0,
  unknown: 'deny',
  agentAway: 'deny',
  builds: 'allow',
  settings: 'not-judged',
};

export function entry(digest: ImageDigest, more: Partial<LedgerEntry> = {}): LedgerEntry {
  const answer = more.answer ?? 'allow';
  const effect = answer === 'deny' ? 'block' : 'ignore';
  const expiresAt = new Date(Date.now() + hour).toISOString();
  const reason = answer === 'deny' ? 'It has “CVE-2026-1”. Upgrade libx to 2.' : 'It passes.';
  return { digest, aliases: [], answer, effect, cause: 'verdict', evidence: [], reason, expiresAt, ...more };
}

export function ledgerOf(entries: readonly LedgerEntry[], more: Partial<Ledger> = {}): Ledger {
  const issuedAt = new Date().toISOString();
  const expiresAt = new Date(Date.now() + hour).toISOString();
  return { form: 1, host: 'h', sequence: 7, issuedAt, expiresAt, entries, rules: [], collections: [], ...more };
}

/** An agent's answers: yes to each start, and each container is armed. */
export function willing(said: Said): object {
  if (said.kind !== 'start') return { armed: true, milliseconds: 3 };
  return { answer: 'allow', reason: 'It may.', id: `agent-${randomUUID()}` };
}

/** A wrapper with a runtime behind it that writes down its words. */
export interface Gated {
  readonly gate: TestGate;
  readonly folder: string;
  readonly engineRoot: string;
  readonly bundle: string;
  readonly log: string;
  /** Knows `good`, with `alias`, and refuses `bad`. */
  writeLedger(more?: Partial<LedgerSettings>, entries?: readonly LedgerEntry[]): void;
  /** A container as the engine has it on its disk; returns its file. */
  container(id: string, image: string): string;
  call(verb: string, id: string): Promise<Ended>;
  /** What the runtime was called with. */
  runtimeCalls(): readonly string[];
  answerWith(answer: Parameters<typeof listen>[1]): Promise<void>;
  /** What the wrapper told the listener. */
  said(): readonly Said[];
  reset(): void;
  hangUp(): Promise<void>;
  remove(): void;
}

export function makeGated(): Gated {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-wrapper-'));
  const [engineRoot, bundle, calls, runtime, log] = ['engine', 'bundle', 'calls', 'runtime', 'log.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string, string];
  mkdirSync(bundle);
  writeFileSync(runtime, `#!/bin/sh\necho "$*" >>${calls}\n`, { mode: 0o755 });
  const gate = makeGate({ folder, engineRoot, runc: runtime });
  let listener: Listener | undefined;
  const writeLedger: Gated['writeLedger'] = (more = {}, entries = []) => {
    const all = [...entries, entry(good, { aliases: [alias] }), entry(bad, { answer: 'deny', rule })];
    gate.ledger({ ledger: ledgerOf(all), breakGlass: [], settings: { ...settings, ...more } });
  };
  return {
    gate,
    folder,
    engineRoot,
    bundle,
    log,
    writeLedger,
    container: (id, image) => writeContainer(engineRoot, id, image),
    call: (verb, id) => runToEnd(gate.wrapper, ['--log', log, '--log-format', 'json', verb, '--bundle', bundle, id]),
    runtimeCalls: () => readFileSync(calls, 'utf8').split('\n').slice(0, -1),
    async answerWith(answer) {
      listener = await listen(gate.socket, answer);
    },
    said: () => listener?.said ?? [],
    reset() {
      writeFileSync(calls, '');
      rmSync(log, { force: true });
      const config = '{"ociVersion":"1.2.0","linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW"}}}';
      writeFileSync(join(bundle, 'config.json'), config);
      writeLedger();
      gate.configure({ form: 1, runc: runtime, unknownInstance: 'deny', broken: 'deny' });
      gate.decisions();
    },
    async hangUp() {
      await listener?.close();
      listener = undefined;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function writeContainer(engineRoot: string, id: string, image: string): string {
  mkdirSync(join(engineRoot, 'containers', id), { recursive: true });
  const file = join(engineRoot, 'containers', id, 'config.v2.json');
  writeFileSync(file, JSON.stringify({ ID: id, Image: image, Name: `/${id}`, StreamConfig: {} }));
  return file;
}
