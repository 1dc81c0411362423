import { applicationOf } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule } from '../../contract.ts';
import type { BrokenSetting } from '../answer/judged.ts';
import type { GateGround } from '../gate-ground.ts';
import type { AdmittedContainers } from '../decisions/admitted.ts';
import type { InstalledGate } from '../installed-gate.ts';
import { bundleOfProcess } from '../judge-bundle.ts';
import type { SweptContainer } from './rogue-of.ts';
import type { SweepOptions } from './sweep.ts';

export interface SweepTerms {
  readonly admitted: AdmittedContainers;
  readonly installed: () => InstalledGate;
}

/** The sweep of a host: what its engine says that runs, against what its gates go by. */
export function sweepOptions(ground: GateGround, { admitted, installed }: SweepTerms): SweepOptions {
  const { options, standing } = ground;
  const { collecting, reporter, link, log } = options;
  const judged = new JudgedSettings(ground, admitted);
  return {
    async containers() {
      const running = collecting.running();
      const ids = new Set(running.map(({ id }) => id));
      admitted.keepOnly(ids, new Date());
      judged.keepOnly(ids);
      const swept = await Promise.all(
        running.map(({ id, pid }) => sweptContainer({ ground, admitted, judged }, id, pid)),
      );
      return swept.filter((one) => one !== undefined);
    },
    ground: () => ({
      standing: standing.at(new Date()),
      gatedSince: installed().since,
      isOwnImage: (digest) => standing.isOwnImage(digest),
    }),
    report: (fact) => reporter.state({ kind: 'rogues', id: '' }, fact),
    tell: (decision) => link.send('decision', decision),
    stop: (id) => collecting.kill(id),
    log,
  };
}

interface Parts {
  readonly ground: GateGround;
  readonly admitted: AdmittedContainers;
  readonly judged: JudgedSettings;
}

async function sweptContainer(
  { ground, admitted, judged }: Parts,
  id: string,
  pid: number,
): Promise<SweptContainer | undefined> {
  const fact = (await ground.options.collecting.describe(id))?.fact;
  if (fact === undefined || fact.incomplete === true) return undefined;
  const environment = ground.starts.environment(fact.labels);
  const rule = ruleOf(ground, { image: fact.image.name, labels: fact.labels, environment });
  const key = `${fact.startedAt ?? ''} ${rule?.id ?? ''} ${rule?.version ?? ''}`;
  const broken = rule === undefined ? undefined : await judged.of({ id, pid, key, rule });
  return { fact, environment, rule, admittedAt: admitted.of(id)?.at, broken };
}

interface RuleSubject {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
}

function ruleOf({ standing, options }: GateGround, subject: RuleSubject): AdmissionRule | undefined {
  const { image, labels, environment } = subject;
  const ledger = standing.ledger();
  if (ledger === undefined) return undefined;
  const application = applicationOf(labels)?.name;
  return ruleFor(ledger.rules, ledger.collections, {
    images: [image],
    labels,
    host: options.host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  });
}

interface JudgedContainer {
  readonly id: string;
  readonly pid: number;
  /** Changes when the container was started anew, or another rule holds. */
  readonly key: string;
  readonly rule: AdmissionRule;
}

/** Settings of running containers, each judged once as long as neither it nor its rule changes. */
class JudgedSettings {
  readonly #ground: GateGround;
  readonly #admitted: AdmittedContainers;
  readonly #known = new Map<string, { readonly key: string; readonly broken: readonly BrokenSetting[] | undefined }>();

  constructor(ground: GateGround, admitted: AdmittedContainers) {
    this.#ground = ground;
    this.#admitted = admitted;
  }

  async of({ id, pid, key, rule }: JudgedContainer): Promise<readonly BrokenSetting[] | undefined> {
    if (rule.settings.every(({ effect }) => effect === 'ignore')) return undefined;
    const known = this.#known.get(id);
    if (known?.key === key) return known.broken;
    const bundle = (await bundleOfProcess(pid)) ?? this.#admitted.of(id)?.bundle;
    if (bundle === undefined) return undefined;
    const broken = await this.#ground.starts.settings(bundle, rule.settings).catch(() => undefined);
    this.#known.set(id, { key, broken });
    return broken;
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }
}
