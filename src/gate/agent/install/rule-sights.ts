import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';
import { settingsFor } from '#admission/index.ts';
import type { SettingsRule } from '#compliance/contract.ts';
import type { GateFact } from '../../contract.ts';
import sights from './rule-sights-1.json' with { type: 'json' };

/** What a place does about a rule, by what stands on this host now. */
export type Sight =
  /** It answers by the rule. */
  | 'judged'
  /** It lets nobody do it, whatever the rule says. */
  | 'refused'
  /** Nothing shows it what the rule is about. */
  | 'not-seen'
  /** It would, and is not in place. */
  | 'when-installed'
  /** Some starts reach it and others go past it. */
  | 'partly'
  /** Nobody can tell whether it is in place. */
  | 'unknown';

/** A rule that is in force for this host's environment, and the places that see what it is about. */
export interface RuleSight {
  readonly id: string;
  readonly label: string;
  /** What the rule says: `block`, `alert` or `ignore`; `none`: there is no such rule; of builds and others their own word. */
  readonly effect: string;
  readonly ring1: Sight;
  readonly ring2: Sight;
  readonly sweep: Sight;
}

/** What is seen of the host. */
export interface SightContext {
  readonly wrapper: GateFact['wrapper'];
  readonly authorization: GateFact['authorization'];
  readonly agent: 'at-work' | 'away';
  readonly unknownEngines: 'allow' | 'deny' | undefined;
  readonly ledger: Ledger | undefined;
}

export interface RulesInForce {
  /** Missing: no rule holds, or there is no ledger. */
  readonly rule?: { readonly id: string; readonly version: number; readonly name: string };
  readonly environment?: string;
  readonly rows: readonly RuleSight[];
}

/** What a place can do, once it stands. */
type Ability = Extract<Sight, 'judged' | 'refused' | 'not-seen'>;

interface Row {
  readonly id: string;
  /** Of the rule: what it says, or the kind of its rule on settings. */
  readonly part: string;
  readonly label: string;
  readonly ring1: Ability;
  readonly ring2: Ability;
  readonly sweep: Ability;
}

const table = sights as readonly Row[];

/** For a container without labels: rules with a scope of images or labels may hold for others. Pure. */
export function rulesInForce(context: SightContext): RulesInForce {
  const { ledger } = context;
  const environment = ledger?.environment;
  const start = { images: [''], labels: {}, ...(environment !== undefined && { environment }) };
  const place = { ...start, ...(ledger && { host: ledger.host }) };
  const rule = ledger && ruleFor(ledger.rules, ledger.collections, place);
  const settings = settingsFor(ledger, place)?.settings ?? [];
  return {
    ...(rule && { rule: { id: rule.id, version: rule.version, name: rule.name } }),
    ...(environment !== undefined && { environment }),
    rows: table.map(({ id, part, label, ring1, ring2, sweep }) => ({
      id,
      label,
      effect: effectOf(part, { rule, settings }, context),
      ring1: ofRing1(ring1, context),
      ring2: ofRing2(ring2, context),
      sweep: sweep === 'judged' ? ofSweep(context) : sweep,
    })),
  };
}

interface InForce {
  readonly rule: AdmissionRule | undefined;
  readonly settings: readonly SettingsRule[];
}

function effectOf(part: string, { rule, settings }: InForce, { unknownEngines }: SightContext): string {
  if (part === 'unknown-engines') return unknownEngines ?? 'unknown';
  if (part === 'always') return 'block';
  if (rule === undefined) return 'none';
  switch (part) {
    case 'fail':
      return rule.fail;
    case 'cannotJudge':
      return rule.cannotJudge;
    case 'unknown':
      return rule.unknown;
    case 'builds':
      return rule.builds;
    case 'rogue':
      return rule.rogue;
    case 'any-setting':
      return strongest(settings.map(({ effect }) => effect));
    default:
      return settings.find(({ kind }) => kind === part)?.effect ?? 'none';
  }
}

function strongest(effects: readonly string[]): string {
  return ['block', 'alert', 'ignore'].find((one) => effects.includes(one)) ?? 'none';
}

function ofRing1(can: Ability, { authorization }: SightContext): Sight {
  if (can === 'not-seen' || authorization === 'on') return can;
  return authorization === 'off' ? 'when-installed' : 'unknown';
}

function ofRing2(can: Ability, { wrapper }: SightContext): Sight {
  if (can === 'not-seen' || wrapper === 'installed') return can;
  return wrapper === 'partial' ? 'partly' : 'when-installed';
}

function ofSweep({ agent }: SightContext): Sight {
  return agent === 'at-work' ? 'judged' : 'when-installed';
}
