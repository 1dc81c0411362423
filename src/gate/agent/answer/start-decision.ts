import type { ImageDigest } from '#base/index.ts';
import type { AdmissionEffect, AdmissionRule, DecisionCause } from '#admission/contract.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import type { Answer, LedgerState } from '#admission/index.ts';
import { clockWords } from '../ledger/clock-words.ts';
import type { BrokenRule } from './broken-rule.ts';

/** A gate's judgement of a start, before it is known who asked and how long it took. */
export interface StartDecision {
  readonly answer: 'allow' | 'deny';
  readonly effect: AdmissionEffect;
  readonly cause: DecisionCause;
  readonly rule?: { readonly id: string; readonly version: number; readonly name: string };
  readonly evidence: readonly string[];
  readonly reason: string;
  /** Missing: the image is unknown. */
  readonly digest?: ImageDigest;
  /** Set where nothing but a ledger is missing for another answer. */
  readonly lacks?: 'ledger';
}

/** The rule's answer about an unknown image, after the hold. */
export function judgeUnknown(
  why: Exclude<Extract<Answer, { kind: 'unknown' }>['why'], 'no-ledger'> | 'no-image',
  rule: AdmissionRule | undefined,
  image: string | null,
): StartDecision {
  const effect = rule?.unknown ?? 'ignore';
  return {
    ...byRule(effect, rule),
    cause: 'unknown-image',
    evidence: [],
    reason: effect === 'block' ? `${sentences[why]} ${wayOut(image)}` : sentences[why],
  };
}

/** Adds what the host's clock has to do with it, where it does. */
export function withClock(judged: StartDecision, { ledger, now }: LedgerState): StartDecision {
  const clock = ledger && clockWords(ledger, now);
  return clock === undefined ? judged : { ...judged, reason: `${judged.reason} ${clock}` };
}

const sentences = {
  'no-image': 'The image of this container is unknown.',
  'ledger-expired': 'The admission ledger of this host has expired, and the console sent no newer one.',
  'no-entry': 'The image is unknown: it has no scan that counts in this environment.',
  'entry-expired': 'The verdict on the image has expired.',
} as const;

function wayOut(image: string | null): string {
  if (image === null) return 'Start it from an image that its engine holds.';
  return `Publish a scan of it, or allow it for a while: seawall gate allow ${image} --for 2h --reason TEXT.`;
}

/** Without a ledger no rule is known, so the host's own rule speaks: it was lost, or has never come. */
export function judgeWithoutLedger(broken: BrokenRule): StartDecision {
  const what = 'This host has no admission ledger of its console';
  const reason =
    broken === 'deny'
      ? `${what}, so nothing starts: let its agent reach the console once, or allow one image: seawall gate allow DIGEST --for 2h --reason TEXT.`
      : `${what}; until it has one, unknown images start.`;
  return { ...byRule(broken === 'deny' ? 'block' : 'alert', undefined), ...withoutLedger, reason };
}

const withoutLedger = { cause: 'gate-fault', evidence: [], lacks: 'ledger' } as const;

/** Whether a build uses an approved base; else `why` not, or why that is unknown, with the remedy. */
export type BuildBase = { readonly state: 'approved' } | { readonly state: 'other' | 'not-seen'; readonly why: string };

/** The rule's answer about a step of an image build. */
export function judgeBuild(rule: AdmissionRule | undefined, base: BuildBase): StartDecision {
  const builds = rule?.builds ?? 'allow';
  const isAllowed = builds === 'allow' || (builds === 'approved-base' && base.state === 'approved');
  const reasons = {
    allow: 'Builds are allowed on this host.',
    deny: 'Builds are blocked on this host. Build the image elsewhere and pull it.',
    'approved-base':
      base.state === 'approved'
        ? 'The build uses an approved base.'
        : `A build here needs an approved base. ${base.why}`,
  } as const;
  return {
    ...byRule(isAllowed ? 'ignore' : 'block', rule),
    cause: 'build',
    evidence: [],
    reason: reasons[builds],
  };
}

/** A configuration too large to find the container's rule in time; the runtime wrapper gives the same answer. */
export function judgeTooLong(): StartDecision {
  const reason =
    'The configuration of this container is too large to read while its start waits. Recreate it with fewer labels and mounts.';
  return { ...byRule('block', undefined), cause: 'request', evidence: [], reason };
}

/** The answer of the ledger, or of root of the host, about an image. */
export function judgeKnown(answer: Exclude<Answer, { kind: 'unknown' }>): StartDecision {
  if (answer.kind === 'break-glass') {
    return {
      answer: 'allow',
      effect: 'alert',
      cause: 'break-glass',
      evidence: [],
      reason: `Root on this host allowed it until ${answer.until.toISOString()}.`,
      ...(answer.digest !== undefined && { digest: answer.digest }),
    };
  }
  const { digest, effect, rule, evidence, reason } = answer.entry;
  const cause = answer.entry.by ?? answer.entry.cause;
  return { answer: answer.entry.answer, effect, cause, ...(rule && { rule }), evidence, reason, digest };
}

/** A rule over the settings that was broken, in the words of its evaluator. */
export interface BrokenSetting {
  readonly effect: 'alert' | 'block';
  readonly message: string;
  readonly remedy: string;
}

/** The compliance rule that objects, by its rules over settings or by its checks. */
export interface SettingsRuling {
  readonly cause: 'settings' | 'compliance';
  readonly rule: NamedRule;
}

type NamedRule = NonNullable<StartDecision['rule']>;

/** Lays what the settings break over what the image's verdict says. A refusal names what removes it. */
export function withSettings(
  judged: StartDecision,
  broken: readonly BrokenSetting[],
  { cause, rule }: SettingsRuling,
): StartDecision {
  const blocking = broken.filter(({ effect }) => effect === 'block');
  const evidence = broken.map(({ message }) => message);
  const [first] = blocking;
  if (first !== undefined) {
    const reason = `${blocking.map(({ message }) => message).join(' ')} ${first.remedy}`;
    return { ...judged, ...byRule('block', rule), cause, evidence, reason };
  }
  if (broken.length === 0) return judged;
  // An alert about the image says more than one about its settings, which stand in the evidence either way.
  if (judged.effect === 'alert') return { ...judged, evidence: [...judged.evidence, ...evidence] };
  return { ...judged, ...byRule('alert', rule), cause, evidence, reason: evidence.join(' ') };
}

/** Settings that could not be read are not allowed where a rule could have refused them. */
export function withUnreadSettings(
  judged: StartDecision,
  why: string,
  { rule, strictest }: { readonly rule: NamedRule; readonly strictest: AdmissionEffect },
): StartDecision {
  const reason = `The container's settings cannot be judged: ${why}`;
  if (strictest === 'block') return { ...judged, ...byRule('block', rule), cause: 'gate-fault', evidence: [], reason };
  return { ...judged, ...byRule('alert', rule), cause: 'gate-fault', evidence: [reason], reason };
}

/** The strictest that rules may do about settings. */
export function strictestOf({ settings }: Pick<ScopedSettings, 'settings'>): AdmissionEffect {
  return (['block', 'alert'] as const).find((word) => settings.some(({ effect }) => effect === word)) ?? 'ignore';
}

function byRule(
  effect: AdmissionEffect,
  rule: NamedRule | undefined,
): Pick<StartDecision, 'answer' | 'effect' | 'rule'> {
  return {
    answer: effect === 'block' ? 'deny' : 'allow',
    effect,
    ...(rule && { rule: { id: rule.id, version: rule.version, name: rule.name } }),
  };
}
