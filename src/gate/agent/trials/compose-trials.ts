import { join } from 'node:path';
import { signedBytesOfTrials } from '../../signed-trials.ts';
import { canaryFolderIn } from '../canary/canary-files.ts';
import type { GateContext } from '../gate-context.ts';
import type { GateInstallation } from '../installed-gate.ts';
import { authorizationSocketOf } from '../open-authorization.ts';
import type { TrialsStatement } from '../../contract.ts';
import { engineRing } from './ask-engine.ts';
import { wrapperRing } from './ask-wrapper.ts';
import { type LineOfRing, linesInForce } from './lines.ts';
import { TrialBook } from './trial-book.ts';
import { startTrials, type Trials } from './trials.ts';

/** Tries the block lines that are in force on this host, at the rings that stand on it. */
export function trialsOf(context: GateContext, installation: GateInstallation): Trials {
  const { options, folder, compiled, engineRoot, trialKey } = context;
  const { socket, engineSocket, authorization, trialPeriod, log } = options;
  return startTrials({
    lines: linesOf(context),
    rings: {
      1: engineRing({
        engineSocket,
        ownSocket: authorizationSocketOf(options),
        key: trialKey,
        authorization: () => (authorization === undefined ? 'not-served' : installation.now().authorization),
      }),
      2: wrapperRing({
        canaryFolder: canaryFolderIn(folder),
        socket,
        program: () => installation.now().place,
        engine: () => (engineRoot() === undefined ? 'away' : 'there'),
        compiled: () => compiled.write(),
      }),
    },
    book: new TrialBook(join(folder, 'trials.json'), log),
    report: (statement) => report(context, statement),
    log,
    ...(trialPeriod !== undefined && { every: trialPeriod }),
  });
}

/** Made anew only for another ledger: it is asked for at each step. */
function linesOf({ options, effectiveLedger, starts }: GateContext): () => readonly LineOfRing[] {
  let made: { readonly ledger: unknown; readonly lines: readonly LineOfRing[] } = { ledger: undefined, lines: [] };
  return () => {
    const ledger = effectiveLedger.ledger();
    if (ledger === undefined) return [];
    if (made.ledger !== ledger) {
      const context = { ledger, host: options.host, environment: starts.environment };
      made = { ledger, lines: linesInForce(context) };
    }
    return made.lines;
  };
}

/** Signed by the host's key, so that whoever reads it later knows that no console made it up. */
function report({ options }: GateContext, said: Omit<TrialsStatement, 'host'>): void {
  const statement: TrialsStatement = { host: options.host, ...said };
  const text = JSON.stringify(statement);
  const signed = { statement: text, ...options.link.sign(signedBytesOfTrials(text)) };
  options.reporter.state({ kind: 'trials', id: '' }, signed);
}
