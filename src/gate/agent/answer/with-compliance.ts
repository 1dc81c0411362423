import type { Selectable } from '#access/index.ts';
import type { AdmissionEffect, Ledger } from '#admission/contract.ts';
import { type FieldsOf, type Log, messageOf } from '#base/index.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import {
  customOpener,
  heldThere,
  judgeStart,
  type Lists,
  type RuleFinding,
  type StartRuling,
  strictestAtStart,
} from '#compliance/index.ts';
import type { ContainerShape, StartDocument } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import { type StartDecision, withSettings, withUnreadSettings } from './start-decision.ts';

/** A container as a gate reads it, and whose words its remedies use. */
export interface ReadContainer {
  readonly document: StartDocument;
  readonly fields: FieldsOf<ContainerShape>;
  readonly asker: 'docker' | 'kubernetes';
  /** Of the container; missing: nobody gave it one that is known yet. */
  readonly name?: string;
}

export interface ComplianceQuestion {
  readonly ledger: Ledger | undefined;
  /** Where the container is to stand. */
  readonly place: Selectable;
  /** What the gate reads at best. */
  readonly document: StartDocument;
  /** Rejects with the reason when it cannot be read. */
  readonly read: () => Promise<ReadContainer>;
  readonly log: Log;
}

/**
 * Lays what a compliance rule objects to over what else speaks of a start. Nothing is read where no rule may refuse it: what
 * only alerts is judged as soon as the container is there, by all that can be seen of it.
 */
export async function withCompliance(judged: StartDecision, question: ComplianceQuestion): Promise<StartDecision> {
  const { ledger, place, document, read, log } = question;
  const rule = complianceRuleOf(ledger, place);
  const isExempt = judged.answer === 'deny' || judged.cause === 'own-image';
  if (isExempt || rule === undefined) return judged;
  const custom = await openOnce(ledger?.compliance?.customChecks ?? []);
  const strictest = strictestAtStart(document, rule, custom);
  if (strictest !== 'block') return judged;
  try {
    const broken = objectionsOf(await read(), rule, { ledger, place, custom, image: judged.digest });
    return withSettings(judged, broken, { cause: 'compliance', rule });
  } catch (error) {
    log.warn({ images: place.images, error: messageOf(error) }, 'Compliance cannot be judged.');
    return withUnreadSettings(judged, messageOf(error), { rule, strictest });
  }
}

/** Checks that were written at the console, as the newest ledger holds them. */
const openOnce = customOpener();

/** A container's name as its engine has it, without the slash that some of its documents begin it with. */
export function plainName(name: string): string {
  return name.replace(/^\//, '');
}

/** The compliance rule that applies to a start. */
function complianceRuleOf(ledger: Ledger | undefined, place: Selectable): ComplianceRule | undefined {
  return ledger?.compliance && ruleFor(ledger.compliance.rules, ledger.collections, place);
}

function objectionsOf(
  { document, fields, asker, name }: ReadContainer,
  rule: ComplianceRule,
  {
    ledger,
    place,
    custom,
    image,
  }: Pick<ComplianceQuestion, 'ledger' | 'place'> &
    Required<Pick<StartRuling, 'custom'>> & { readonly image: StartDecision['digest'] },
): readonly RuleFinding[] {
  const lists: Lists = ledger?.compliance?.lists ?? {};
  const now = new Date();
  const there = { names: name === undefined ? [] : [name], image, places: [place] };
  const held = heldThere(ledger?.compliance?.exceptions ?? [], there, { now, collections: ledger?.collections ?? [] });
  return judgeStart({ document, fields }, { rule, lists, now, held, asker, custom });
}

/** The strictest that any compliance rule of a ledger may do about a container that the runtime is to start. */
export function strictestCompliance({ compliance }: Ledger): AdmissionEffect {
  // What a check that was written at the console asks for is read when it is asked: here each may be.
  const custom = (compliance?.customChecks ?? []).map((check) => ({ ...check, needs: [] }));
  const effects = (compliance?.rules ?? []).map((rule) => strictestAtStart('bundle', rule, custom));
  return (['block', 'alert'] as const).find((effect) => effects.includes(effect)) ?? 'ignore';
}
