import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerSettings } from '#gate/agent/ledger/encode-ledger.ts';
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
/** Where containerd keeps the bundles of an engine's containers, under its own folder. */
export const taskFolder = 'exec/io.containerd.runtime.v2.task/moby';

export interface Gated {
  readonly gate: TestGate;
  readonly folder: string;
  readonly engineRoot: string;
  /** That of the container `known`, as containerd would keep it. */
  readonly bundle: string;
  /** This text of a `config.json`, with the root that the engine laid for `known`. */
  rooted(text: string): string;
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
  const [engineRoot, tasks, calls, runtime, log] = ['engine', taskFolder, 'calls', 'runtime', 'log.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string, string];
  const bundleOf = (id: string): string => join(tasks, id);
  const bundle = bundleOf('known');
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
    rooted: (text) => withRoot(text, writeRoot(engineRoot, 'known')),
    log,
    writeLedger,
    container(id, image) {
      const root = writeRoot(engineRoot, id);
      writeBundle(bundleOf(id), root);
      return writeContainer(engineRoot, id, image);
    },
    call(verb, id) {
      const own = existsSync(bundleOf(id)) ? bundleOf(id) : bundle;
      return runToEnd(gate.wrapper, ['--log', log, '--log-format', 'json', verb, '--bundle', own, id]);
    },
    runtimeCalls: () => readFileSync(calls, 'utf8').split('\n').slice(0, -1),
    async answerWith(answer) {
      listener = await listen(gate.socket, answer);
    },
    said: () => listener?.said ?? [],
    reset() {
      writeFileSync(calls, '');
      rmSync(log, { force: true });
      writeBundle(bundle, writeRoot(engineRoot, 'known'));
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

/** A `config.json` that names a root beside what it says. */
export function withRoot(text: string, root: string): string {
  const named = JSON.stringify({ path: root });
  return text.replace(/^\s*\{(\s*\})?/, (_, end) => (end === undefined ? `{"root":${named},` : `{"root":${named}}`));
}

/** A container's root as an engine lays it that keeps layers as plain folders; returns its place. */
export function writeRoot(engineRoot: string, id: string): string {
  const mount = `of-${id}`;
  const root = join(engineRoot, 'vfs/dir', mount);
  const record = join(engineRoot, 'image/vfs/layerdb/mounts', id);
  for (const one of [root, record]) mkdirSync(one, { recursive: true });
  writeFileSync(join(record, 'mount-id'), mount);
  return root;
}

function writeBundle(bundle: string, root: string): void {
  mkdirSync(bundle, { recursive: true });
  const linux = { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify({ ociVersion: '1.2.0', root: { path: root }, linux }));
}

function writeContainer(engineRoot: string, id: string, image: string): string {
  mkdirSync(join(engineRoot, 'containers', id), { recursive: true });
  const file = join(engineRoot, 'containers', id, 'config.v2.json');
  writeFileSync(file, JSON.stringify({ ID: id, Image: image, Name: `/${id}`, Driver: 'vfs', StreamConfig: {} }));
  return file;
}
