import { statSync } from 'node:fs';
import { atEachBeat, type Log, messageOf } from '#base/index.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';
import type { BrokenRule } from '../answer/broken-rule.ts';
import { encodeLedger, type LedgerSettings } from './encode-ledger.ts';
import { encodeRules, type WrapperView } from './encode-rules.ts';
import { ledgerSettings } from './ledger-settings.ts';
import type { EffectiveLedger } from './effective-ledger.ts';

export interface LedgerFileOptions {
  /** What the wrapper reads. */
  readonly file: string;
  readonly effectiveLedger: EffectiveLedger;
  /** What starts get while there is no ledger. */
  readonly broken: () => BrokenRule;
  readonly host: string;
  readonly environments: readonly string[];
  /** `undefined` while there is no engine: the wrapper then asks about settings. */
  readonly view: () => WrapperView | undefined;
  readonly log: Log;
  /** Milliseconds between two looks at the file. */
  readonly look?: number;
}

/** The ledger in the wrapper's form, kept on the disk. */
export interface LedgerFile {
  readonly file: string;
  /** Writes it anew: what it is made of has changed, or the wrapper could not read it. */
  write(): Promise<void>;
  /** Why the wrapper's file is not what it should be; missing: it is. */
  fault(): string | undefined;
  close(): Promise<void>;
}

/** Keeps the wrapper's file true: written at each change, and again when somebody else changed or removed it. */
export function openLedgerFile(options: LedgerFileOptions): LedgerFile {
  const { file, log, look = 5000 } = options;
  const state: { written: string; fault: string | undefined } = { written: '', fault: undefined };
  const write = async (): Promise<void> => {
    try {
      await writeSafely(file, bytesOf(options));
      state.written = lookOf(file);
      state.fault = undefined;
    } catch (error) {
      state.fault = `The ledger cannot be written for the runtime: ${messageOf(error)}.`;
      log.error({ file, error: messageOf(error) }, 'The ledger cannot be written for the runtime.');
    }
  };
  let working = write();
  const stopLooking = atEachBeat(look, () => {
    working = working.then(() => (state.fault === undefined && lookOf(file) === state.written ? undefined : again()));
  });
  const again = (): Promise<void> => {
    if (state.fault === undefined)
      log.warn({ file }, 'Somebody changed the ledger of the runtime; it is written again.');
    return write();
  };
  return {
    file,
    write: latestWriter(() => (working = working.then(write))),
    fault: () => state.fault,
    async close() {
      stopLooking();
      await working;
    },
  };
}

function bytesOf({ effectiveLedger, broken, host, environments, view }: LedgerFileOptions): Buffer {
  const ledger = effectiveLedger.ledger();
  const breakGlass = effectiveLedger.breakGlass();
  if (ledger !== undefined) {
    const seen = view();
    const settings = ledgerSettings(ledger, { host, environments });
    const isJudged = settings.settings === 'judged' || settings.compliance === 'judged';
    const rules = isJudged && seen !== undefined ? encodeRules(ledger, { host, environments, view: seen }) : undefined;
    return encodeLedger({ ledger, breakGlass, settings: { ...settings, ...(rules && { rules }) } });
  }
  const settings = { ...withoutRules(broken()), environments };
  return encodeLedger({ ledger: effectiveLedger.withoutLedger(host), breakGlass, settings });
}

/** No rule has come, or all are lost: the host's own rule speaks, and the wrapper knows why by the sequence 0. */
function withoutRules(broken: BrokenRule): Omit<LedgerSettings, 'environments'> {
  return { hold: 0, unknown: broken, agentAway: broken, builds: broken, settings: 'not-judged' };
}

/** Another file, or another content, looks otherwise. */
function lookOf(file: string): string {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
