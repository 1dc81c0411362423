import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { type FieldTexts, kindsOf, settingsOf } from '#rules/contract.ts';
import { approvedBase } from './rules/approved-base/face.ts';
import { custom } from './rules/custom/face.ts';
import { incompleteScan } from './rules/incomplete-scan/face.ts';
import { kev } from './rules/kev/face.ts';
import { notJudged } from './rules/not-judged/face.ts';
import { packages } from './rules/package/face.ts';
import { severity } from './rules/severity/face.ts';
import { signature } from './rules/signature/face.ts';
import { staleFeed } from './rules/stale-feed/face.ts';
import { trustedSource } from './rules/trusted-source/face.ts';
import { unscanned } from './rules/unscanned/face.ts';

/** Faces of all kinds of rules, in the order in which people see them. The other list is that of `rules/index.ts`. */
const faces = [
  severity,
  kev,
  packages,
  custom,
  trustedSource,
  signature,
  approvedBase,
  incompleteScan,
  notJudged,
  unscanned,
  staleFeed,
] as const;

export const Rule = z.discriminatedUnion('kind', settingsOf(faces));
export type Rule = Immutable<z.infer<typeof Rule>>;

/** A limit that a finding reaches: a word, or a CVSS base score. */
export type Threshold = Extract<Rule, { readonly kind: 'severity' }>['threshold'];

export const RuleId = kindsOf(faces);

/** A kind of rule as pages and docs show it. */
export interface PolicyRuleFace {
  readonly setting: z.ZodObject & { readonly shape: { readonly kind: z.ZodLiteral<string> } };
  readonly name: string;
  readonly about: string;
  readonly fields: FieldTexts;
  readonly beginning: Rule;
  sentence(rule: Rule): string;
}

/** The same list for who goes through all of them. */
export const ruleFaces: readonly PolicyRuleFace[] = faces;

const byKind: ReadonlyMap<string, PolicyRuleFace> = new Map(faces.map((face) => [face.setting.shape.kind.value, face]));

/** The face of a rule; `undefined` for a kind that this version does not know. */
export function faceOfRule(kind: string): PolicyRuleFace | undefined {
  return byKind.get(kind);
}
