import { counted } from '#base/index.ts';
import type { AdmissionRule, Ledger, LedgerEntry } from '#admission/contract.ts';
import { settingsIn } from '#admission/index.ts';
import type { ComplianceRule, ScopedSettings } from '#compliance/contract.ts';
import {
  type BlockedCheck,
  blockedChecks,
  type Break,
  breakOf,
  breakOfSettings,
  type TrialStart,
} from '#compliance/index.ts';
import type { ScopedRule } from '#rules/contract.ts';
import type { TrialLine } from '../../contract.ts';
import { canaryDigest, canaryReason } from '../canary/canary.ts';
import { trialDigest, unknownDigest } from './names.ts';
import { type HostOfTrial, placeFor } from './place.ts';
import type { Proof } from './read-refusal.ts';

export type Ring = TrialLine['ring'];

/** A block line in force at one ring, and how that ring is asked. */
export interface LineOfRing extends Pick<TrialLine, 'rule' | 'check' | 'ring'> {
  readonly ask: LineAsk;
}

export type LineAsk =
  | { readonly kind: 'start'; readonly start: AskedStart; readonly proof: Proof }
  /** Nothing can be asked for that breaks this line alone. */
  | { readonly kind: 'none'; readonly reason: string };

/** A start of an image, as a ring is asked for it. */
export interface AskedStart extends TrialStart {
  readonly digest: string;
}

export interface LinesContext extends Omit<HostOfTrial, 'collections' | 'named'> {
  readonly ledger: Ledger;
}

/** Lines that are tried at most; a host that has more says so of the rest. */
const mostTried = 600;

/** Lines that a statement holds. */
const mostLines = 2000;

/** Every block line in force on a host, once for each ring that decides it; the last one stands for those beyond the most. */
export function linesInForce(context: LinesContext): readonly LineOfRing[] {
  const all = bounded([...ofVerdicts(context), ...ofSettings(context), ...ofCompliance(context)]);
  let tried = 0;
  return all.map((line) => {
    if (line.ask.kind === 'none' || (tried += 1) <= mostTried) return line;
    return { ...line, ask: none(`More than ${counted(mostTried, 'line')} are in force; this one is not tried.`) };
  });
}

function bounded(all: readonly LineOfRing[]): readonly LineOfRing[] {
  if (all.length <= mostLines) return all;
  const more = all.length - mostLines + 1;
  const ask = none(`${counted(more, 'further line')} are in force. A host tries and tells of ${mostLines} at most.`);
  return [...all.slice(0, mostLines - 1), { check: 'further-lines', ring: 2, ask }];
}

/** What a ring sees as the name of an image: an engine is asked for one by a digest that no image has. */
function nameAt(ring: Ring, image: string, digest: string): string {
  return ring === 1 ? `${image}@${digest}` : image;
}

function none(reason: string): LineAsk {
  return { kind: 'none', reason };
}

const bothRings = [1, 2] as const;

/** Images that are refused by their verdict, whatever its reason, and those that nobody knows. */
function ofVerdicts(context: LinesContext): readonly LineOfRing[] {
  const denied = bothRings.map((ring): LineOfRing => {
    const start = startOf(ring, { image: 'seawall-trial:trial', labels: {} }, { digest: canaryDigest });
    return {
      check: 'image-denied',
      ring,
      ask: { kind: 'start', start, proof: { kind: 'words', words: canaryReason } },
    };
  });
  const { rules } = context.ledger;
  const strict = rules.filter(({ state, unknown }) => state === 'on' && unknown === 'block');
  return [...denied, ...strict.map((rule) => ofUnknown(rule, context))];
}

/** An engine lets unknown images be made: they wait for their scan when they start. */
function ofUnknown(rule: AdmissionRule, context: LinesContext): LineOfRing {
  return {
    rule: named(rule),
    check: 'image-unknown',
    ring: 2,
    ask: placed(rule, context.ledger.rules, { context, ring: 2, digest: unknownDigest, proof: { kind: 'settings' } }),
  };
}

function ofSettings(context: LinesContext): readonly LineOfRing[] {
  const all = settingsIn(context.ledger);
  return all
    .filter(({ state }) => state === 'on')
    .flatMap((rule) => {
      const blocking = rule.settings.filter(({ effect }) => effect === 'block');
      return blocking.flatMap((setting, at) => {
        const before = blocking.slice(0, at).filter(({ kind }) => kind === setting.kind).length;
        return bothRings.map((ring) => ({
          ...ofSetting(rule, setting, { context, ring, all }),
          // Each of one kind is a line of its own.
          check: before === 0 ? setting.kind : `${setting.kind}-${before + 1}`,
        }));
      });
    });
}

function ofSetting(
  rule: ScopedSettings,
  setting: ScopedSettings['settings'][number],
  {
    context,
    ring,
    all,
  }: { readonly context: LinesContext; readonly ring: Ring; readonly all: readonly ScopedSettings[] },
): Omit<LineOfRing, 'check'> {
  const broken = breakOfSettings(setting);
  const proof = { kind: 'settings' } as const;
  const ask =
    broken === undefined
      ? none('The rule over settings refuses nothing as it is set, or no start is known that breaks it.')
      : placed(rule, all, { context, ring, digest: trialDigest, broken, proof });
  return { rule: named(rule), ring, ask };
}

function ofCompliance(context: LinesContext): readonly LineOfRing[] {
  const { compliance } = context.ledger;
  // Nobody wrote down how to break a check that was written at the console, so what it asks for does not matter.
  const custom = (compliance?.customChecks ?? []).map((check) => ({ ...check, needs: [] }));
  return (compliance?.rules ?? [])
    .filter(({ state }) => state === 'on')
    .flatMap((rule) => blockedChecks(rule, custom).flatMap((check) => ofCheck(rule, check, context)));
}

function ofCheck(rule: ComplianceRule, check: BlockedCheck, context: LinesContext): readonly LineOfRing[] {
  const about = { rule: named(rule), check: check.id };
  if (check.kind === 'image') return [{ ...about, ring: 2, ask: ofImage(rule, check.id, context.ledger) }];
  const rings = bothRings.filter((ring) => check.documents.includes(ring === 1 ? 'request' : 'bundle'));
  if (rings.length === 0)
    return [
      { ...about, ring: 2, ask: none('No gate of a host sees what the check asks for; what runs is judged by it.') },
    ];
  const broken = breakOf(check.id);
  return rings.map((ring): LineOfRing => {
    if (typeof broken === 'string') return { ...about, ring, ask: none(broken) };
    const proof = { kind: 'check', id: check.id, with: broken.with ?? [] } as const;
    const rules = context.ledger.compliance?.rules ?? [];
    return { ...about, ring, ask: placed(rule, rules, { context, ring, digest: trialDigest, broken, proof }) };
  });
}

/** The console judges images: where it refuses one of them for this check alone, that one is asked for. */
function ofImage(rule: ComplianceRule, check: string, { entries }: Ledger): LineAsk {
  const entry = entries.find((one) => one.answer === 'deny' && isFor(one, rule, check));
  if (entry === undefined)
    return none(
      'No image that this host’s ledger knows is refused for this check alone, and only the console judges images.',
    );
  const labels = entry.environment === undefined ? {} : { 'seawall.environment': entry.environment };
  const start = startOf(2, { image: 'seawall-trial:trial', labels }, { digest: entry.digest });
  return { kind: 'start', start, proof: { kind: 'words', words: `${check} “` } };
}

function isFor({ by, rule: own, reason }: LedgerEntry, rule: ComplianceRule, check: string): boolean {
  const isAlone = !/ more (?:is|are) to be removed\.$/.test(reason);
  return by === 'compliance' && own?.id === rule.id && isAlone && reason.includes(`: ${check} “`);
}

interface Placed {
  readonly context: LinesContext;
  readonly ring: Ring;
  readonly digest: string;
  readonly broken?: Break;
  readonly proof: Proof;
}

function placed<Kind extends ScopedRule>(
  rule: Kind,
  rules: readonly Kind[],
  { context, ring, digest, broken, proof }: Placed,
): LineAsk {
  const { collections } = context.ledger;
  const place = placeFor(rule, rules, { ...context, collections, named: (image) => nameAt(ring, image, digest) });
  if (place === undefined)
    return none('No container was found on this host for which this rule is the one that applies.');
  return { kind: 'start', start: startOf(ring, place, { digest, ...(broken !== undefined && { broken }) }), proof };
}

function startOf(
  ring: Ring,
  { image, labels }: Pick<TrialStart, 'image' | 'labels'>,
  { digest, broken }: Pick<AskedStart, 'digest' | 'broken'>,
): AskedStart {
  return { image: nameAt(ring, image, digest), labels, digest, ...(broken !== undefined && { broken }) };
}

function named({ id, version, name }: ComplianceRule | ScopedSettings | AdmissionRule): NonNullable<TrialLine['rule']> {
  return { id, version, name };
}
