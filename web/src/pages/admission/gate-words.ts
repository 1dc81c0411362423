import type { HostGate } from '../../../../src/gate/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How the gates of a host stand: whether they refuse for certain, and what is to be done. */
export interface GateStanding {
  readonly state: MarkState;
  readonly word: string;
  readonly todo: readonly string[];
}

export function gateStanding({ gate, stale, rogues, ledgerTrouble }: HostGate, now: Date): GateStanding {
  if (gate === undefined)
    return {
      state: 'unknown',
      word: 'No gate was told of',
      todo: ['Run `seawall gate install` on the host, as root.'],
    };
  const todo = [...todoOf(gate, now), ...gate.problems, ...ofTrouble(ledgerTrouble)];
  if (stale) return { state: 'unknown', word: 'Its agent is away', todo: ['See on the page Agents why.', ...todo] };
  if (gate.canary?.passed === true) return { state: 'fail', word: 'Lets through what it must refuse', todo };
  if (gate.wrapper === 'broken') return { state: 'fail', word: 'Broken', todo };
  if (rogues.length > 0) return { state: 'fail', word: 'Something runs past it', todo };
  if (gate.wrapper === 'absent') return { state: 'unknown', word: 'Starts are not judged', todo };
  if (gate.wrapper === 'partial') return { state: 'partly', word: 'Other runtimes go past it', todo };
  if (isOver(gate.ledger, now)) return { state: 'unknown', word: 'Every image is unknown', todo };
  const { canary } = gate;
  if (canary === undefined) return { state: 'unknown', word: 'Not tried yet', todo: [notTried, ...todo] };
  if ((canary.untried ?? 0) > 0)
    return { state: 'unknown', word: 'Could not be tried', todo: [canary.message, ...todo] };
  if (ledgerTrouble !== undefined) return { state: 'partly', word: 'Goes by an old ledger', todo };
  return { state: 'pass', word: 'Every start is judged', todo };
}

const notTried =
  'Its agent tries its gates as it meets them, and every five minutes. If no trial comes, look at the log of the agent.';

/** What the newest trial of the gates found. */
export function trialWord({ canary }: Pick<Gate, 'canary'>): string {
  if (canary === undefined) return 'not tried yet';
  if (canary.passed) return 'let through';
  return (canary.untried ?? 0) > 0 ? 'could not be tried' : 'refused';
}

function ofTrouble(trouble: HostGate['ledgerTrouble']): readonly string[] {
  if (trouble === undefined) return [];
  return [`The console cannot make its next ledger, and tries again each minute. Mend what it says: ${trouble.reason}`];
}

type Gate = NonNullable<HostGate['gate']>;

function todoOf({ wrapper, canary, ledger, engine }: Gate, now: Date): readonly string[] {
  return [
    ...(canary?.passed === true ? ['Run `seawall gate status` on the host and mend what it names.'] : []),
    ...(wrapper === 'absent' ? ['Run `seawall gate install` on the host, as root.'] : []),
    ...(wrapper === 'partial'
      ? ['Run `seawall gate install` without --no-divert, so that every runtime is judged.']
      : []),
    ...(wrapper === 'broken'
      ? ['Run `seawall gate status` on the host: the wrapper is not in the place of runc.']
      : []),
    ...(isOver(ledger, now) ? ['See whether the agent reaches the console: its ledger has ended.'] : []),
    ...(engine?.safe === false && (engine.unknown ?? []).length === 0
      ? [`Upgrade the engine: ${engine.version} can be talked past its plugin.`]
      : []),
  ];
}

function isOver(ledger: Gate['ledger'], now: Date): boolean {
  return ledger === undefined || Date.parse(ledger.expiresAt) <= now.getTime();
}

/** What is known against an engine, and what is not known of a build that its distribution may have mended. */
export function engineWords({ version, package: ofPackage, safe, cases, unknown = [] }: Engine): string {
  const name = ofPackage === undefined ? version : `${version}, the package ${ofPackage}`;
  if (safe) return `${name}, safe`;
  return [
    name,
    ...(cases.length > 0 ? [`known to be passed by: ${cases.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not known whether mended: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

type Engine = NonNullable<Gate['engine']>;

export const wrapperWords: Readonly<Record<Gate['wrapper'], string>> = {
  installed: 'in the place of runc',
  partial: 'a runtime among others',
  absent: 'not installed',
  broken: 'broken',
};

export const authorizationWords: Readonly<Record<Gate['authorization'], string>> = {
  on: 'on',
  off: 'off: refusals come at the start, not before',
  unknown: 'not known',
};
