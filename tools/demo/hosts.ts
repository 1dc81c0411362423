import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getLedger, Ledger } from '#admission/contract.ts';
import type { Clock, Log } from '#base/index.ts';
import { type ComplianceFact, type ComplianceLookedFact, mostLooked } from '#compliance/contract.ts';
import { documentHash, factsId, reportPeriod } from '#compliance/index.ts';
import { type AgentLink, joinConsole, openLink } from '#link/agent/index.ts';
import { protocolVersion } from '#link/contract.ts';
import type { GateFact } from '#gate/contract.ts';

/** A host of the demo: it joins as agents do, with a key and certificate of its own, and sends what was recorded. */
export interface DemoHost {
  readonly name: string;
  report(fact: string, body: unknown): Promise<void>;
  /**
   * Says once more how it is, as it was heard last by the clock of the recording. From now on it says as often as agents do
   * that what checks judge is still the same.
   */
  reportAgain(): Promise<void>;
  /** Resolves when the console has stored everything. Throws when it refused something. */
  stored(): Promise<void>;
  close(): Promise<void>;
}

export interface DemoHostOptions {
  readonly folder: string;
  readonly consoleUrl: string;
  readonly joinToken: string;
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly clock: Clock;
}

/** Joins a console. */
export async function joinDemoHost(options: DemoHostOptions): Promise<DemoHost> {
  const { folder, consoleUrl, joinToken: token, name, version, environment, clock } = options;
  const stateFolder = join(folder, 'agents', name);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const introduction = { protocol: protocolVersion, host: name, instance: 'default', version, environment };
  const refused: string[] = [];
  const identity = await joinConsole({ consoleUrl, token, stateFolder, introduction, clock });
  const link = await openLink({ identity, stateFolder, introduction, clock, log: logInto(refused) });
  let state: unknown;
  const looked = new Map<string, Looked>();
  const sayLooked = async (): Promise<void> => {
    const subjects = [...looked.values()];
    for (let at = 0; at < subjects.length; at += mostLooked)
      await link.send('compliance-looked', { subjects: subjects.slice(at, at + mostLooked) });
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    name,
    report: async (fact, body) => {
      if (fact === 'host') state = body;
      if (fact === 'compliance') noteLooked(looked, body as ComplianceFact);
      await link.send(fact, fact === 'gate' ? await withLedger(link, body as GateFact) : body);
    },
    reportAgain: async () => {
      if (state !== undefined) await link.send('host', state);
      await sayLooked();
      timer ??= setInterval(() => void sayLooked().catch(() => undefined), reportPeriod);
    },
    stored: async () => {
      await link.flushed();
      if (refused.length > 0) throw new Error(`The console refused what ${name} told: ${refused.join('; ')}`);
    },
    close: () => {
      clearInterval(timer);
      return link.close();
    },
  };
}

type Looked = ComplianceLookedFact['subjects'][number];

/** Keeps what its documents are; a subject without any is gone. */
function noteLooked(looked: Map<string, Looked>, { subject: { kind, id }, documents }: ComplianceFact): void {
  const key = `${kind} ${id}`;
  const named = documents.map((one) => ({ kind: one.kind, hash: documentHash(one.text) }));
  if (documents.length === 0) looked.delete(key);
  else looked.set(key, { kind, id, facts: factsId(kind, named) });
}

/** The ledger of the recording was signed by the lab's console: the host has that of this one. */
async function withLedger(link: AgentLink, gate: GateFact): Promise<GateFact> {
  if (gate.ledger === undefined) return gate;
  // The console makes one for a host that it knows.
  await link.flushed();
  const { signed } = await link.call(getLedger, { body: { wait: 0 } });
  const { sequence, issuedAt, expiresAt, entries } = Ledger.parse(JSON.parse(signed.ledger));
  return { ...gate, ledger: { sequence, issuedAt, expiresAt, entries: entries.length } };
}

/** What the link logs as an error was refused, or could not be delivered. */
function logInto(refused: string[]): Log {
  const nothing = (): void => undefined;
  const note: Log['error'] = (context, message) =>
    void refused.push(`${message} ${'reason' in context ? String(context['reason']) : ''}`);
  return { debug: nothing, info: nothing, warn: nothing, error: note };
}
