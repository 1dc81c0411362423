import type { HostGate } from '../../../../src/gate/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How the gates of a host stand: whether they refuse for certain, and what is to be done. */
export interface GateStatus {
  readonly state: MarkState;
  readonly word: string;
  readonly todo: readonly string[];
}

export function gateStatus({ gate, stale, rogues, ledgerTrouble, trials }: HostGate, now: Date): GateStatus {
  if (gate === undefined)
    return {
      state: 'unknown',
      word: 'No gate reported',
      todo: ['Run `seawall gate install` on the host, as root.'],
    };
  const todo = [...todoOf(gate, now), ...gate.problems, ...ofTrouble(ledgerTrouble)];
  if (stale)
    return { state: 'unknown', word: 'Agent away', todo: ['The page Agents says when it was last seen.', ...todo] };
  if (gate.canary?.passed === true) return { state: 'fail', word: 'Gate let its trial through', todo };
  if ((trials?.passed ?? 0) > 0)
    return { state: 'fail', word: 'Gate let a blocked line through', todo: [letThrough, ...todo] };
  if (gate.wrapper === 'broken') return { state: 'fail', word: 'Gate broken', todo };
  if (rogues.some(({ outcome }) => outcome !== 'stopped')) return { state: 'fail', word: 'Rogue containers run', todo };
  if (gate.wrapper === 'absent') return { state: 'unknown', word: 'Gate not installed', todo };
  if (gate.wrapper === 'partial') return { state: 'partly', word: 'Gate covers one runtime only', todo };
  if (isOver(gate.ledger, now)) return { state: 'unknown', word: 'Ledger expired: every image is unknown', todo };
  const { canary } = gate;
  if (canary === undefined) return { state: 'unknown', word: 'Gate not tried yet', todo: [notTried, ...todo] };
  if ((canary.untried ?? 0) > 0)
    return { state: 'unknown', word: 'Gate could not be tried', todo: [canary.message, ...todo] };
  if (ledgerTrouble !== undefined) return { state: 'partly', word: 'Old ledger', todo };
  return { state: 'pass', word: 'Gate active', todo };
}

const notTried =
  'The agent tries its gates at start and every five minutes. If no trial appears, read the log of the agent.';

/** Result of the newest trial of the gates. */
export function trialWord({ canary }: Pick<Gate, 'canary'>): string {
  if (canary === undefined) return 'not tried yet';
  if (canary.passed) return 'let through';
  return (canary.untried ?? 0) > 0 ? 'could not be tried' : 'refused';
}

const letThrough =
  'A ring let a start through that a rule blocks. Run `seawall gate status` on the host and fix what it names.';

/** How starts that break one block line each were answered; a ring and a line that are not tried are told first. */
export function linesWord({ refused, passed, untried, tries, refusals }: NonNullable<HostGate['trials']>): string {
  const all = refused + passed + untried;
  if (all === 0) return 'none in force';
  const open = [
    ...(passed > 0 ? [`${passed} let through`] : []),
    ...(untried > 0 ? [`${untried} of ${all} not tried`] : []),
  ];
  return [...open, `refused ${refusals} of ${tries} tries in 24 hours`].join(', ');
}

function ofTrouble(trouble: HostGate['ledgerTrouble']): readonly string[] {
  if (trouble === undefined) return [];
  return [`The console cannot make the next ledger and retries every minute. Fix this: ${trouble.reason}`];
}

type Gate = NonNullable<HostGate['gate']>;

function todoOf({ wrapper, canary, ledger, engine }: Gate, now: Date): readonly string[] {
  return [
    ...(canary?.passed === true ? ['Run `seawall gate status` on the host and fix what it names.'] : []),
    ...(wrapper === 'absent' ? ['Run `seawall gate install` on the host, as root.'] : []),
    ...(wrapper === 'partial'
      ? ['Run `seawall gate install` without --no-divert, so that the gate covers every runtime.']
      : []),
    ...(wrapper === 'broken' ? ['Run `seawall gate status` on the host: the wrapper does not replace runc.'] : []),
    ...(isOver(ledger, now) ? ['Check that the agent reaches the console: its ledger has expired.'] : []),
    ...(engine?.safe === false && (engine.unknown ?? []).length === 0
      ? [`Upgrade the engine: version ${engine.version} lets requests bypass its plugin.`]
      : []),
  ];
}

function isOver(ledger: Gate['ledger'], now: Date): boolean {
  return ledger === undefined || Date.parse(ledger.expiresAt) <= now.getTime();
}

/** Known bypasses of an engine, and those whose patch status is unknown because a distribution may have backported it. */
export function engineWords({ version, package: ofPackage, safe, cases, unknown = [] }: Engine): string {
  const name = ofPackage === undefined ? version : `${version}, the package ${ofPackage}`;
  if (safe) return `${name}, safe`;
  return [
    name,
    ...(cases.length > 0 ? [`known bypasses: ${cases.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`patch status unknown: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

type Engine = NonNullable<Gate['engine']>;

export const wrapperWords: Readonly<Record<Gate['wrapper'], string>> = {
  installed: 'replaces runc',
  partial: 'one runtime among others',
  absent: 'not installed',
  broken: 'broken',
};

export const authorizationWords: Readonly<Record<Gate['authorization'], string>> = {
  on: 'on',
  off: 'off: starts are refused by the wrapper',
  unknown: 'unknown',
};
