import { oneLine } from '#base/index.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import type { Ledger } from '#admission/contract.ts';
import type { GateFact } from '../contract.ts';
import type { BrokenRule } from './answer/broken-rule.ts';
import { clockBeforeAuthority } from './ledger/clock-words.ts';
import { ledgerClock, missingLedger } from './ledger/ledger-words.ts';
import type { InstalledGate } from './installed-gate.ts';

export interface GateReportOptions {
  readonly reporter: Reporter;
  readonly installed: () => InstalledGate;
  /** As the console signed it. */
  readonly ledger: () => Ledger | undefined;
  /** What starts get while there is no ledger. */
  readonly broken: () => BrokenRule;
  /** From when on the authority holds that this agent trusts. */
  readonly authorityFrom: () => Date;
  /** What the agent's own parts find wrong, with the next step. */
  readonly problems: () => readonly string[];
}

/** States which gates stand on the host, and what is wrong with them. */
export class GateReport {
  readonly #options: GateReportOptions;
  #canary: GateFact['canary'];

  constructor(options: GateReportOptions) {
    this.#options = options;
  }

  canary(canary: NonNullable<GateFact['canary']>): void {
    this.#canary = canary;
    this.report();
  }

  /** Says it, unless it is said. */
  report(): void {
    const { reporter, installed } = this.#options;
    const { state, authorization, engine, problems } = installed();
    const fact: GateFact = {
      wrapper: state,
      authorization,
      ...(engine !== undefined && { engine }),
      ...this.#ledger(),
      ...(this.#canary !== undefined && { canary: this.#canary }),
      problems: [...problems, ...this.#ofLedger(), ...this.#options.problems()]
        .map((sentence) => oneLine(sentence, 1000))
        .slice(0, 50),
    };
    reporter.state({ kind: 'gate', id: '' }, fact);
  }

  #ledger(): Pick<GateFact, 'ledger'> {
    const ledger = this.#options.ledger();
    if (ledger === undefined) return {};
    const { sequence, issuedAt, expiresAt, entries } = ledger;
    return { ledger: { sequence, issuedAt, expiresAt, entries: entries.length } };
  }

  #ofLedger(): readonly string[] {
    const ledger = this.#options.ledger();
    if (ledger !== undefined) return ledgerClock(ledger, new Date());
    const clock = clockBeforeAuthority(this.#options.authorityFrom(), new Date());
    return [missingLedger(this.#options.broken()), ...(clock === undefined ? [] : [clock])];
  }
}
