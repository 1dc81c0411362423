import type { Selectable } from '#access/index.ts';
import { type FieldsOf, isImageDigest, messageOf } from '#base/index.ts';
import { applicationOf, type ContainerSettings, type ContainerShape } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule } from '#admission/contract.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import { decide, settingsFor } from '#admission/index.ts';
import { judgeSettings } from '#compliance/index.ts';
import {
  type StartDecision,
  judgeKnown,
  judgeUnknown,
  judgeWithoutLedger,
  strictestOf,
  withClock,
  withSettings,
  withUnreadSettings,
} from '../answer/start-decision.ts';
import { withCompliance } from '../answer/with-compliance.ts';
import type { AuthorizationPorts } from './ports.ts';

/** A container that is to be made or to start. */
export interface ContainerAsk {
  /** As it was named. */
  readonly imageName: string;
  /** Of the container; missing: the engine will make one up. */
  readonly name?: string;
  /** The engine's id, or a digest that names the image; missing: it is not on this host. */
  readonly image?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Rejects when the engine does not tell what it needs. */
  readonly settings: () => Promise<ContainerSettings>;
  /** The same as checks read it; missing: its containers are judged when they are made. Rejects likewise. */
  readonly shape?: () => Promise<FieldsOf<ContainerShape>>;
  /** Whether an unknown image waits for its scan: it does when it starts, not when it is made. */
  readonly unknown: 'waits' | 'passes';
}

export interface ContainerDecision {
  readonly judged: StartDecision;
  readonly environment?: string;
  readonly held?: number;
}

/** Image by the ledger, settings by the rule over them that holds. */
export async function judgeContainer(ask: ContainerAsk, ports: AuthorizationPorts): Promise<ContainerDecision> {
  const environment = ports.environment(ask.labels);
  const began = performance.now();
  const digest = ask.image === undefined ? undefined : await ports.identify(ask.image);
  const names = [ask.image, digest].filter((name) => name !== undefined);
  const { judged, isHeld } = await judgeImage({ ask, names, environment }, ports);
  const held = isHeld ? { held: performance.now() - began } : {};
  const settled = await complying(await withItsSettings(judged, ask, ports), ask, ports);
  const known = settled.digest ?? digest;
  return {
    judged: { ...settled, ...(known !== undefined && { digest: known }) },
    ...(environment !== undefined && { environment }),
    ...held,
  };
}

/** The rule that holds for a container; another ledger may have brought another one. */
export function ruleOf(
  ask: Pick<ContainerAsk, 'imageName' | 'labels'>,
  ports: AuthorizationPorts,
): AdmissionRule | undefined {
  const { ledger } = ports.ledgerState();
  return ledger && ruleFor(ledger.rules, ledger.collections, placeOf(ask, ports));
}

/** What is done about its settings. */
export function settingsOf(
  ask: Pick<ContainerAsk, 'imageName' | 'labels'>,
  ports: AuthorizationPorts,
): ScopedSettings | undefined {
  return settingsFor(ports.ledgerState().ledger, placeOf(ask, ports));
}

function placeOf(
  { imageName, labels }: Pick<ContainerAsk, 'imageName' | 'labels'>,
  { host, environment: place }: AuthorizationPorts,
): Selectable {
  const environment = place(labels);
  const application = applicationOf(labels)?.name;
  return {
    images: [imageName],
    labels,
    host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  };
}

interface ImageAsk {
  readonly ask: ContainerAsk;
  readonly names: readonly string[];
  readonly environment: string | undefined;
}

async function judgeImage(
  { ask, names, environment }: ImageAsk,
  ports: AuthorizationPorts,
): Promise<{ readonly judged: StartDecision; readonly isHeld: boolean }> {
  const began = performance.now();
  for (let isHeld = false; ; isHeld = true) {
    const judged = judgeNow({ ask, names, environment }, ports);
    if (judged.cause !== 'unknown-image') return { judged, isHeld };
    if (ask.unknown === 'passes' || ports.wrapper() === 'installed') return { judged: passing(judged), isHeld };
    const left = began + (ruleOf(ask, ports)?.holdSeconds ?? 0) * 1000 - performance.now();
    if (ask.image === undefined || left <= 0 || ports.ledgerState().ledger === undefined) return { judged, isHeld };
    await ports.change(ask.image, Math.ceil(left));
  }
}

/** What will be asked again: at the start, or by the runtime wrapper, which holds it. */
function passing(judged: StartDecision): StartDecision {
  return { ...judged, answer: 'allow', effect: judged.effect === 'block' ? 'alert' : judged.effect };
}

function judgeNow({ ask, names, environment }: ImageAsk, ports: AuthorizationPorts): StartDecision {
  const isBare = ports.ledgerState().ledger === undefined;
  if (names.length === 0 && !isBare) return judgeUnknown('no-image', ruleOf(ask, ports), null);
  const place = environment === undefined ? {} : { environment };
  const answers = names.map((digest) => decide({ digest, ...place }, ports.ledgerState()));
  const known = answers.find((answer) => answer.kind !== 'unknown');
  if (known !== undefined) return judgeKnown(known);
  const [first] = answers;
  const name = names.findLast((one) => isImageDigest(one)) ?? null;
  const why = first?.kind === 'unknown' ? first.why : 'no-entry';
  if (isBare || why === 'no-ledger') return judgeWithoutLedger(ports.broken());
  return withClock(judgeUnknown(why, ruleOf(ask, ports), name), ports.ledgerState());
}

async function withItsSettings(
  judged: StartDecision,
  ask: ContainerAsk,
  ports: AuthorizationPorts,
): Promise<StartDecision> {
  const rule = settingsOf(ask, ports);
  const isExempt = judged.answer === 'deny' || judged.cause === 'own-image';
  if (isExempt || rule === undefined || rule.settings.every(({ effect }) => effect === 'ignore')) return judged;
  try {
    const broken = judgeSettings(await ask.settings(), rule.settings, 'docker');
    return withSettings(judged, broken, { cause: 'settings', rule });
  } catch (error) {
    ports.log.warn({ image: ask.imageName, error: messageOf(error) }, 'Settings cannot be judged.');
    return withUnreadSettings(judged, messageOf(error), { rule, strictest: strictestOf(rule) });
  }
}

async function complying(judged: StartDecision, ask: ContainerAsk, ports: AuthorizationPorts): Promise<StartDecision> {
  const { shape, name } = ask;
  if (shape === undefined) return judged;
  return await withCompliance(judged, {
    ledger: ports.ledgerState().ledger,
    place: placeOf(ask, ports),
    document: 'request',
    read: async () => ({
      document: 'request',
      fields: await shape(),
      asker: 'docker',
      ...(name !== undefined && { name }),
    }),
    log: ports.log,
  });
}
