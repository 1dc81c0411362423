import { createHash } from 'node:crypto';
import { purlOf } from '#ecosystems/index.ts';
import type { Exception } from './contract.ts';
import type { OpenVexDocument } from './contract-openvex.ts';

type Statement = OpenVexDocument['statements'][number];

/** As much of an exception as is stated. */
export type StatedException = Pick<
  Exception,
  'id' | 'advisory' | 'package' | 'reason' | 'explanation' | 'expiresAt' | 'requestedAt' | 'decidedAt'
>;

/**
 * Approved exceptions as statements. Who finds that a vulnerability does not matter says *not affected*; who accepts a risk
 * or waits for a fix says *affected*, with what is done about it. `purls`: package URLs of what each of them keeps from
 * counting now; without any its package has one without the distribution.
 */
export function openVexOf(
  exceptions: readonly StatedException[],
  { purls, now }: { readonly purls: ReadonlyMap<string, ReadonlySet<string>>; readonly now: Date },
): OpenVexDocument {
  const statements = exceptions.map((one): Statement => {
    const found = [...(purls.get(one.id) ?? [])].sort();
    const products = (found.length === 0 ? [purlOf(one.package)] : found).map((purl) => ({ '@id': purl }));
    return {
      vulnerability: { name: one.advisory },
      timestamp: one.decidedAt ?? one.requestedAt,
      products,
      ...answers[one.reason](wordsOf(one)),
    };
  });
  const hash = createHash('sha256').update(JSON.stringify(statements)).digest('hex').slice(0, 32);
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://openvex.dev/docs/seawall-exceptions-${hash}`,
    author: 'Seawall',
    timestamp: now.toISOString(),
    version: 1,
    statements,
  };
}

function wordsOf({ reason, explanation, expiresAt }: StatedException): string {
  return `${explanation} (exception until ${expiresAt.slice(0, 10)}, ${reason.replaceAll('-', ' ')})`;
}

type Answer = Pick<Statement, 'status' | 'justification' | 'impact_statement' | 'action_statement'>;

const unaffected =
  (justification?: NonNullable<Answer['justification']>) =>
  (words: string): Answer => ({
    status: 'not_affected',
    ...(justification === undefined ? {} : { justification }),
    impact_statement: words,
  });
const affected = (words: string): Answer => ({ status: 'affected', action_statement: words });

const answers: Readonly<Record<Exception['reason'], (words: string) => Answer>> = {
  // The advisory is wrong here, and nobody said in which of OpenVEX's ways.
  'false-positive': unaffected(),
  'not-reachable': unaffected('vulnerable_code_not_in_execute_path'),
  mitigated: unaffected('inline_mitigations_already_exist'),
  'risk-accepted': affected,
  'fix-planned': affected,
  other: affected,
};
