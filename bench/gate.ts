/**
 * What the gate costs a start of a known image, with a ledger of 10,000 images, rules over settings that the wrapper judges,
 * and an agent that answers at once. First
 * from the wrapper's entry to its start of the runtime, 200 times, beside the runtime started without it. Then a whole
 * `create` of a container with and without the wrapper, 100 pairs by turns, and of it the wait for *armed*. Needs root.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdmissionRule, Ledger, LedgerEntry } from '../src/admission/contract.ts';
import type { ImageDigest } from '../src/base/index.ts';
import { encodeRules } from '../src/gate/agent/ledger/encode-rules.ts';
import { usualSockets } from '../src/inventory/index.ts';
import { makeBundle } from '../test/make/bundle.ts';
import { listen, makeGate, runToEnd } from '../test/make/gate.ts';
import { buildWrapperPart } from '../test/make/wrapper.ts';
import { pairedRatio } from './runtime/pairs.ts';

const starts = 200;
const pairs = 100;
const images = 10_000;
const budget = 15;
const rule: AdmissionRule = {
  id: 'usual',
  version: 1,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [
    { kind: 'privileged', effect: 'block' },
    { kind: 'engine-socket', effect: 'block' },
    { kind: 'host-paths', deny: ['/etc', '/proc', '/sys'], effect: 'block' },
    { kind: 'host-namespaces', deny: ['pid'], effect: 'block' },
  ],
  agentAway: 'deny',
  builds: 'allow',
  rogue: 'ignore',
};
if (process.getuid?.() !== 0) throw new Error('This needs root.');
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-gate-'));
const engineRoot = join(folder, 'engine');
const bundle = join(folder, 'bundle');
const times = join(folder, 'times');
const clock = buildWrapperPart(join(folder, 'parts'), 'gate-clock');
const gate = makeGate({ folder, engineRoot, runc: clock });
const digests = Array.from(
  { length: images },
  (_, one) => `sha256:${createHash('sha256').update(String(one)).digest('hex')}` as ImageDigest,
);
const listener = await listen(gate.socket, ({ kind }) =>
  kind === 'start' ? { answer: 'allow', reason: 'It may.' } : { armed: true, milliseconds: 1 },
);

try {
  makeBundle(bundle);
  writeLedger();
  await fromEntryToRuntime();
  await wholeCreate();
} finally {
  await listener.close();
  rmSync(folder, { recursive: true, force: true });
}

function writeLedger(): void {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const allowed = { aliases: [], answer: 'allow', effect: 'ignore', cause: 'verdict', evidence: [] } as const;
  const entries = digests.map(
    (digest, one): LedgerEntry => ({ ...allowed, digest, reason: `Image ${one} passes.`, expiresAt }),
  );
  const ledger: Ledger = {
    form: 1,
    host: 'h',
    sequence: 1,
    issuedAt: new Date().toISOString(),
    expiresAt,
    entries,
    rules: [rule],
    collections: [],
  };
  const view = { engineRoot, sockets: [...usualSockets], environment: undefined };
  const rules = encodeRules(ledger, { host: 'h', environments: [], view });
  const settings = { environments: [], hold: 0, unknown: 'deny', agentAway: 'deny', builds: 'allow' } as const;
  gate.ledger({ ledger, breakGlass: [], settings: { ...settings, settings: 'judged', ...(rules && { rules }) } });
}

/** A container of one of the images, as the engine has it. */
function container(number: number): string {
  const id = createHash('sha256').update(`container ${number}`).digest('hex');
  mkdirSync(join(engineRoot, 'containers', id), { recursive: true });
  const config = { ID: id, Image: digests[number % images], Name: '/one', Config: { Env: ['PATH=/bin'], Labels: {} } };
  writeFileSync(join(engineRoot, 'containers', id, 'config.v2.json'), JSON.stringify(config));
  return id;
}

async function fromEntryToRuntime(): Promise<void> {
  process.env.GATE_TIMES = times;
  const took = { ours: [] as number[], peer: [] as number[] };
  for (let one = 0; one < starts; one += 1) {
    const words = ['create', '--bundle', bundle, container(one)];
    took.ours.push(await timed(['from', gate.wrapper, ...words]));
    took.peer.push(await timed(['from', clock, ...words]));
  }
  const ours = percentile(took.ours, 0.95);
  const peer = percentile(took.peer, 0.95);
  const refused = gate.decisions().filter(({ answer, asked }) => answer !== 'allow' || asked !== 'answered');
  if (refused.length > 0) throw new Error(`Not answered by the agent: ${JSON.stringify(refused[0])}`);
  console.log(
    `gate-entry ours=${ours.toFixed(2)}ms peer=${peer.toFixed(2)}ms ratio=${(ours / peer).toFixed(2)} p95 of ${starts} ` +
      `(median ${percentile(took.ours, 0.5).toFixed(2)} ms; at most ${budget} ms)`,
  );
  if (ours > budget) process.exitCode = 1;
}

/** Milliseconds until the runtime was started. */
async function timed(words: readonly string[]): Promise<number> {
  writeFileSync(times, '');
  const { code, stderr } = await runToEnd(clock, words);
  if (code !== 0) throw new Error(stderr);
  return Number(readFileSync(times, 'utf8')) / 1e6;
}

async function wholeCreate(): Promise<void> {
  gate.configure({ runc: '/usr/sbin/runc' });
  const took = { ours: [] as number[], peer: [] as number[] };
  for (let one = 0; one < pairs; one += 1) {
    const order = one % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order)
      took[side].push(await create(side === 'ours' ? gate.wrapper : '/usr/sbin/runc', container(one)));
  }
  const ratio = pairedRatio(took.ours.map((ours, one) => ours / (took.peer[one] ?? Number.NaN)));
  const armed = gate.decisions().map((decision) => decision.armed?.milliseconds ?? Number.NaN);
  console.log(
    `gate-create ours=${percentile(took.ours, 0.5).toFixed(1)}ms peer=${percentile(took.peer, 0.5).toFixed(1)}ms ` +
      `ratio=${ratio.median.toFixed(3)} (${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)}) median of ${pairs} pairs, ` +
      `of it waits for armed ${percentile(armed, 0.5).toFixed(2)} ms`,
  );
}

/** Milliseconds. The container keeps the files that its maker had open, so it gets none. */
async function create(program: string, id: string): Promise<number> {
  const root = join(folder, 'root');
  const from = performance.now();
  const child = spawn(program, ['--root', root, 'create', '--bundle', bundle, id], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  const took = performance.now() - from;
  if (code !== 0) throw new Error(`${program} ended with ${code}.`);
  await runToEnd('/usr/sbin/runc', ['--root', root, 'delete', '--force', id]);
  return took;
}

function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
