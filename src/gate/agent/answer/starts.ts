import { randomUUID } from 'node:crypto';
import type { Selectable } from '#access/index.ts';
import { isImageDigest, type ImageDigest, type Log, messageOf } from '#base/index.ts';
import { applicationOf } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule, LedgerBase } from '#admission/contract.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import { decide, settingsFor } from '#admission/index.ts';
import type { BrokenRule } from './broken-rule.ts';
import type { EngineContainer } from '../host/engine-container.ts';
import type { StartQuestion } from '../schema.ts';
import type { EffectiveLedger } from '../ledger/effective-ledger.ts';
import { unknownDigest } from '../trials/names.ts';
import type { JudgeBundle } from './judge-bundle.ts';
import type { ReadBundle } from './read-bundle.ts';
import { brokenByExec } from './judge-exec.ts';
import {
  type BrokenSetting,
  type BuildBase,
  judgeBuild,
  type StartDecision,
  judgeKnown,
  judgeTooLong,
  judgeUnknown,
  judgeWithoutLedger,
  strictestOf,
  withClock,
  withSettings,
  withUnreadSettings,
} from './start-decision.ts';
import { withCompliance } from './with-compliance.ts';

export interface StartsOptions {
  readonly effectiveLedger: EffectiveLedger;
  /** What starts get while there is no ledger. */
  readonly broken: () => BrokenRule;
  /** How this host is called everywhere. */
  readonly host: string;
  readonly container: (id: string) => Promise<EngineContainer | 'too-long' | undefined>;
  /** The environment in which a container with these labels stands. */
  readonly environment: (labels: Readonly<Record<string, string>>) => string | undefined;
  /** The config digest behind an engine's name of an image, where it is known without asking. */
  readonly identify: (imageId: string) => ImageDigest | undefined;
  /** Image that a runtime's annotations name. */
  readonly imageOf: (annotations: Readonly<Record<string, string>>) => Promise<string | undefined>;
  /** What the container's OCI spec breaks. Throws with the reason when it cannot be read. */
  readonly settings: JudgeBundle;
  /** The container as its spec and its engine's files tell of it. */
  readonly read: ReadBundle;
  /** What a step of a build stands on. */
  readonly base: (bundle: string, bases: readonly LedgerBase[]) => Promise<BuildBase>;
  /** A start waits for what a scan says of this image. */
  readonly hurry: (imageId: string) => void;
  /** File with the profile of system calls that admission holds for an image. */
  readonly seccomp: (digest: ImageDigest) => Promise<string | undefined>;
  readonly log: Log;
}

/** An answer to a start, with what the agent knows of it. */
export interface StartAnswer extends StartDecision {
  readonly id: string;
  readonly environment?: string;
  /** Name of the image, else of the container. */
  readonly subject: string;
  readonly seccomp?: string;
  /** Milliseconds for which it was held. */
  readonly held?: number;
}

/** What names a start. */
type Named = Pick<StartQuestion, 'container' | 'image' | 'annotations'>;

/** Who starts, as rules look at it. */
interface Start {
  readonly image: string | null;
  readonly subject: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
  /** What the engine keeps of it is more than can be read while it waits, so that nobody knows which rule is its own. */
  readonly isTooLong: boolean;
}

/**
 * Answers a start: from the ledger at once, an unknown image once it is known or the rule's time is over. The
 * signal (the wrapper went away) ends the wait. Throws nothing that is expected.
 */
export async function answerStart(
  options: StartsOptions,
  question: StartQuestion,
  signal: AbortSignal,
): Promise<StartAnswer> {
  const start = await startOf(options, question);
  const began = performance.now();
  const { judged, isHeld } = await judgeAsked(options, { start, question }, signal);
  const held = isHeld ? { held: performance.now() - began } : {};
  const settings = await settled(options, start, { judged, question });
  const complete = await complying(options, start, { judged: settings, question });
  const digest = complete.digest ?? digestOf(options, start.image);
  const seccomp = complete.answer === 'allow' && digest !== undefined ? await options.seccomp(digest) : undefined;
  return {
    ...complete,
    id: question.id ?? randomUUID(),
    subject: start.subject,
    ...(digest !== undefined && { digest }),
    ...(start.environment !== undefined && { environment: start.environment }),
    ...(seccomp !== undefined && { seccomp }),
    ...held,
  };
}

interface Asked {
  readonly start: Start;
  readonly question: StartQuestion;
}

interface HeldDecision {
  readonly judged: StartDecision;
  readonly isHeld: boolean;
}

async function judgeAsked(
  options: StartsOptions,
  { start, question }: Asked,
  signal: AbortSignal,
): Promise<HeldDecision> {
  if (question.plugin !== undefined || question.exec !== undefined) return { judged: ofNoImage, isHeld: false };
  if (question.build) return { judged: await buildStep(options, start, question.bundle), isHeld: false };
  return judgeHeld(options, start, signal);
}

/** What would be answered now about an image, with nothing held and no settings looked at. */
export async function previewDecision(
  options: StartsOptions,
  named: Named,
): Promise<StartDecision & Pick<StartAnswer, 'subject'> & { readonly environment: string | undefined }> {
  const start = await startOf(options, named);
  const digest = digestOf(options, start.image);
  const { subject, environment } = start;
  return { ...(digest !== undefined && { digest }), ...judgeNow(options, start), subject, environment };
}

async function startOf(options: StartsOptions, named: Named): Promise<Start> {
  const { annotations } = named;
  const read = await options.container(named.container);
  const container = read === 'too-long' ? undefined : read;
  const labels = container?.labels ?? labelsOf(annotations);
  const environment = options.environment(labels);
  const image = named.image ?? (await imageOf(options, container, annotations)) ?? null;
  const subject = container?.imageName || container?.name || annotations[cri.imageName] || named.container;
  return { image, subject: subject.slice(0, 1024), labels, environment, isTooLong: read === 'too-long' };
}

/** How containerd tells its runtime of a container of Kubernetes. */
const cri = { imageName: 'io.kubernetes.cri.image-name', namespace: 'io.kubernetes.cri.sandbox-namespace' } as const;

/** Who makes a container of an engine writes its annotations: they count only where no engine knows it. */
async function imageOf(
  options: StartsOptions,
  container: EngineContainer | undefined,
  annotations: StartQuestion['annotations'],
): Promise<string | undefined> {
  if (container === undefined) return options.imageOf(annotations);
  return container.imageId === '' ? undefined : container.imageId;
}

function labelsOf(annotations: StartQuestion['annotations']): Readonly<Record<string, string>> {
  const namespace = annotations[cri.namespace];
  return namespace === undefined ? {} : { 'io.kubernetes.pod.namespace': namespace };
}

/** The rule that holds now; another ledger may have brought another one. */
function ruleOf(options: StartsOptions, start: Start): AdmissionRule | undefined {
  const ledger = options.effectiveLedger.ledger();
  return ledger && ruleFor(ledger.rules, ledger.collections, placeOf(options, start));
}

function placeOf({ host }: StartsOptions, { subject, labels, environment }: Start): Selectable {
  const application = applicationOf(labels)?.name;
  return {
    images: [subject],
    labels,
    host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  };
}

async function buildStep(options: StartsOptions, start: Start, bundle: string): Promise<StartDecision> {
  const ledger = options.effectiveLedger.ledger();
  if (ledger === undefined) return judgeWithoutLedger(options.broken());
  const rule = ruleOf(options, start);
  return judgeBuild(rule, rule?.builds === 'approved-base' ? await options.base(bundle, ledger.bases ?? []) : unasked);
}

const unasked: BuildBase = { state: 'not-seen', why: 'No rule asks for it.' };

async function judgeHeld(options: StartsOptions, start: Start, signal: AbortSignal): Promise<HeldDecision> {
  const began = performance.now();
  for (let isHeld = false; ; isHeld = true) {
    const judged = judgeNow(options, start);
    const left = began + (ruleOf(options, start)?.holdSeconds ?? 0) * 1000 - performance.now();
    // Of the image of a trial nothing will ever be known.
    const isAwaited = start.image !== null && start.image !== unknownDigest;
    const canCome = judged.cause === 'unknown-image' && isAwaited && options.effectiveLedger.ledger() !== undefined;
    if (!canCome || left <= 0 || signal.aborted) return { judged, isHeld };
    if (!isHeld && start.image !== null) options.hurry(start.image);
    await options.effectiveLedger.next(AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(left))]));
  }
}

function judgeNow(options: StartsOptions, start: Start): StartDecision {
  const { effectiveLedger } = options;
  const { image, environment } = start;
  if (start.isTooLong) return judgeTooLong();
  if (image === null) return judgeNameless(options, start);
  // The engine's name first: an alias that the console never heard of is still known by the image's own digest.
  const names = [image, options.identify(image)].filter((name) => name !== undefined);
  const place = environment === undefined ? {} : { environment };
  const answers = names.map((digest) => decide({ digest, ...place }, effectiveLedger.at(new Date())));
  const known = answers.find((answer) => answer.kind !== 'unknown');
  if (known !== undefined) return judgeKnown(known);
  const own = names.find((name) => effectiveLedger.isOwnImage(name));
  if (own !== undefined) return ownImage;
  const [first] = answers;
  const why = first?.kind === 'unknown' ? first.why : 'no-entry';
  if (why === 'no-ledger') return judgeWithoutLedger(options.broken());
  return withClock(judgeUnknown(why, ruleOf(options, start), image), effectiveLedger.at(new Date()));
}

function judgeNameless(options: StartsOptions, start: Start): StartDecision {
  if (options.effectiveLedger.ledger() === undefined) return judgeWithoutLedger(options.broken());
  return judgeUnknown('no-image', ruleOf(options, start), null);
}

/** A plugin, or a program in a container that runs: only its settings can speak against it. */
const ofNoImage: StartDecision = {
  answer: 'allow',
  effect: 'ignore',
  cause: 'settings',
  evidence: [],
  reason: 'No rule speaks against its settings.',
};

/** Where no ledger holds, the product itself still starts. */
const ownImage: StartDecision = {
  answer: 'allow',
  effect: 'ignore',
  cause: 'own-image',
  evidence: [],
  reason: 'It is an image of the product itself, admitted by its digest.',
};

/** The settings are judged of what the image's verdict lets through; images of the product need what they ask for. */
async function settled(
  options: StartsOptions,
  start: Start,
  { judged, question }: { readonly judged: StartDecision; readonly question: StartQuestion },
): Promise<StartDecision> {
  const rule = settingsFor(options.effectiveLedger.ledger(), placeOf(options, start));
  const isExempt = judged.answer === 'deny' || judged.cause === 'own-image';
  if (isExempt || rule === undefined || rule.settings.every(({ effect }) => effect === 'ignore')) return judged;
  try {
    return withSettings(judged, await brokenSettings(options, question, rule), { cause: 'settings', rule });
  } catch (error) {
    options.log.warn({ container: question.container, error: messageOf(error) }, 'Settings cannot be judged.');
    return withUnreadSettings(judged, messageOf(error), { rule, strictest: strictestOf(rule) });
  }
}

/** Compliance rules judge containers: no step of a build, no plugin, and what is execed joins one that was judged. */
async function complying(
  options: StartsOptions,
  start: Start,
  { judged, question }: { readonly judged: StartDecision; readonly question: StartQuestion },
): Promise<StartDecision> {
  const { bundle, container, build, plugin, exec } = question;
  if (build || plugin !== undefined || exec !== undefined) return judged;
  return await withCompliance(judged, {
    ledger: options.effectiveLedger.ledger(),
    place: placeOf(options, start),
    document: 'bundle',
    read: () => options.read(bundle, container),
    log: options.log,
  });
}

/** What the wrapper judged by this ledger is not judged again. */
async function brokenSettings(
  { effectiveLedger, settings }: StartsOptions,
  question: StartQuestion,
  rule: ScopedSettings,
): Promise<readonly BrokenSetting[]> {
  const { bundle, plugin, exec, settings: judged } = question;
  if (exec !== undefined) return brokenByExec(exec.capabilities, rule.settings);
  if (plugin !== undefined) return await settings(bundle, rule.settings, 'plugin');
  if (judged !== undefined && judged.sequence === effectiveLedger.ledger()?.sequence) return judged.broken;
  return await settings(bundle, rule.settings);
}

function digestOf({ identify }: StartsOptions, image: string | null): ImageDigest | undefined {
  if (image === null) return undefined;
  return identify(image) ?? (isImageDigest(image) ? image : undefined);
}
