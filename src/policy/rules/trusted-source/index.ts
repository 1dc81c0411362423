import { isInScope, parseScope } from '#provenance/index.ts';
import type { Violation } from '../../contract.ts';
import { nobodyKnows, withoutStop } from '../../proofs.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'trusted-source'>;

const remedy = 'Push the image to a trusted registry and pull it from there.';

/** What counts is where a manifest was fetched that names the image, never what an engine calls it. */
export const trustedSource: RuleKind<Setting> = {
  id: 'trusted-source',
  version: 1,
  summary: 'Images that no trusted registry is proven to hold',
  looksAt: ['provenance'],
  evaluate({ provenance }, { from, unknown, effect }) {
    if (effect === 'ignore') return [];
    const violation = (as: Violation['effect'], message: string): readonly Violation[] => [
      { rule: 'trusted-source', effect: as, message: message.slice(0, 2000), remedy },
    ];
    if (provenance === undefined) return violation(unknown, `Where it comes from is not known: ${nobodyKnows}`);
    const { state, why, places } = provenance.origin;
    if (state === 'unknown') return violation(unknown, `Where it comes from is not known: ${why}`);
    if (state === 'disproven') return violation(effect, `It comes from no trusted registry: ${why}`);
    if (places.some(({ repository }) => isAllowed(from, repository))) return [];
    const held = withoutStop(places.map(({ repository }) => repository).join(', '));
    return violation(effect, `It comes from ${held}, and not from ${(from ?? []).join(' or ')}.`);
  },
};

function isAllowed(from: Setting['from'], repository: string): boolean {
  if (from === undefined) return true;
  return from.some((text) => {
    const scope = parseScope(text);
    return scope !== undefined && isInScope(scope, repository);
  });
}
