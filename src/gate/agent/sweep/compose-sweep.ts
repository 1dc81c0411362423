import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '#base/index.ts';
import { applicationOf } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Selectable } from '#access/index.ts';
import { settingsFor } from '#admission/index.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import type { BrokenSetting } from '../answer/start-decision.ts';
import type { GateContext } from '../gate-context.ts';
import type { AdmittedContainers } from '../decisions/admitted.ts';
import type { InstalledGate } from '../installed-gate.ts';
import { bundleOfProcess } from '../answer/judge-bundle.ts';
import type { SweptContainer } from './rogue-of.ts';
import type { SweepOptions } from './sweep.ts';

export interface SweepTerms {
  readonly admitted: AdmittedContainers;
  readonly installed: () => InstalledGate;
  /** Takes what the wrapper told of starts. Resolves to whether that is all of it. */
  readonly collect: () => Promise<boolean>;
}

/** Milliseconds for which a sweep waits for what the wrapper told. */
const longestCollect = 10_000;

/** What a sweep goes by, and what it could not look at. */
export interface SweepDependencies extends SweepOptions {
  readonly problems: () => readonly string[];
}

/** The sweep of a host: what its engine says that runs, against what its gates go by. */
export function sweepOptions(context: GateContext, { admitted, installed, collect }: SweepTerms): SweepDependencies {
  const { options, effectiveLedger } = context;
  const { collecting, reporter, link, log } = options;
  const judged = new SettingsChecks(context, admitted);
  return {
    async containers() {
      const present = collecting.present();
      admitted.keepOnly(present, performance.now());
      if (present === undefined) return undefined;
      const running = collecting.running();
      judged.keepOnly(new Set(running.map(({ id }) => id)));
      const swept = await Promise.all(
        running.map(({ id, pid }) => sweptContainer({ context, admitted, judged }, id, pid)),
      );
      // An engine that went meanwhile takes what is known of its containers along.
      return collecting.present() && swept.filter((one) => one !== undefined);
    },
    async context() {
      // As long as what was let start is not all known, nothing is said to have started past the gate.
      const isAll = await Promise.race([collect(), wait(longestCollect, false, { ref: false })]);
      return {
        ledgerState: effectiveLedger.at(new Date()),
        gatedSince: isAll ? later(installed().since, admitted.since()) : undefined,
        isOwnImage: (digest) => effectiveLedger.isOwnImage(digest),
      };
    },
    report: (fact) => reporter.state({ kind: 'rogues', id: '' }, fact),
    reportDecision: (decision) => link.send('decision', decision),
    stop: (id) => collecting.kill(id),
    problems: () => judged.problems(),
    log,
  };
}

/** When the gate is not installed there is no such moment, whatever is known of starts. */
function later(installed: Date | undefined, known: Date | undefined): Date | undefined {
  return installed !== undefined && known !== undefined && known > installed ? known : installed;
}

interface SweepContext {
  readonly context: GateContext;
  readonly admitted: AdmittedContainers;
  readonly judged: SettingsChecks;
}

async function sweptContainer(
  { context, admitted, judged }: SweepContext,
  id: string,
  pid: number,
): Promise<SweptContainer | undefined> {
  const described = await context.options.collecting.describe(id).catch(() => undefined);
  const fact = described?.fact;
  if (fact === undefined || fact.incomplete === true) return undefined;
  const environment = context.starts.environment(fact.labels);
  const place = placeOf(context, { image: fact.image.name, labels: fact.labels, environment });
  const ledger = context.effectiveLedger.ledger();
  const rule = ledger && ruleFor(ledger.rules, ledger.collections, place);
  const settings = settingsFor(ledger, place);
  const key = `${fact.startedAt ?? ''} ${settings?.id ?? ''} ${settings?.version ?? ''}`;
  const broken = settings === undefined ? undefined : await judged.of({ id, pid, key, rule: settings });
  return { fact, environment, rule, settings, admittedAt: admitted.of(id)?.at, broken };
}

interface RuleSubject {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
}

function placeOf({ options }: GateContext, subject: RuleSubject): Selectable {
  const { image, labels, environment } = subject;
  const application = applicationOf(labels)?.name;
  return {
    images: [image],
    labels,
    host: options.host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  };
}

interface CheckedContainer {
  readonly id: string;
  readonly pid: number;
  /** Changes when the container was started anew, or another rule holds. */
  readonly key: string;
  readonly rule: ScopedSettings;
}

/** Settings of running containers, each judged once as long as neither it nor its rule changes; those that cannot be read are tried again. */
class SettingsChecks {
  readonly #context: GateContext;
  readonly #admitted: AdmittedContainers;
  readonly #known = new Map<string, { readonly key: string; readonly broken: readonly BrokenSetting[] }>();
  /** Why the settings of a container could not be read, and how often: the first time it may have just ended. */
  readonly #unread = new Map<string, { readonly why: string; readonly times: number }>();

  constructor(context: GateContext, admitted: AdmittedContainers) {
    this.#context = context;
    this.#admitted = admitted;
  }

  async of(container: CheckedContainer): Promise<readonly BrokenSetting[] | undefined> {
    const { id, key, rule } = container;
    if (rule.settings.every(({ effect }) => effect === 'ignore')) return undefined;
    const known = this.#known.get(id);
    if (known?.key === key) return known.broken;
    try {
      const broken = await this.#judge(container);
      this.#known.set(id, { key, broken });
      this.#unread.delete(id);
      return broken;
    } catch (error) {
      this.#note(id, messageOf(error));
      return undefined;
    }
  }

  problems(): readonly string[] {
    const [first, ...others] = [...this.#unread].filter(([, { times }]) => times > 1);
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : `, nor those of ${others.length} more`;
    const [id, { why }] = first;
    return [
      `The settings of ${id.slice(0, 12)}, which runs, cannot be judged${more}: ${why.replace(/\.?$/, '.')} Start it again, so that the gate judges them.`,
    ];
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const known of [this.#known, this.#unread]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }

  async #judge({ id, pid, rule }: CheckedContainer): Promise<readonly BrokenSetting[]> {
    const bundle = (await bundleOfProcess(pid)) ?? this.#admitted.of(id)?.bundle;
    if (bundle === undefined) throw new Error('it cannot be seen what started its first process.');
    return this.#context.starts.settings(bundle, rule.settings);
  }

  #note(id: string, why: string): void {
    const times = (this.#unread.get(id)?.times ?? 0) + 1;
    this.#unread.set(id, { why, times });
    if (times === 2)
      this.#context.options.log.warn({ container: id, error: why }, 'What runs cannot be judged by its settings.');
  }
}
