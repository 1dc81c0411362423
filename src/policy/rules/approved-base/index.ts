import type { Violation } from '../../contract.ts';
import { type AskedProof, nobodyKnows, together } from '../../proofs.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'approved-base'>;

/** A base is known by its layers: an image that begins with them is built on it. */
export const approvedBase: RuleKind<Setting> = {
  id: 'approved-base',
  version: 1,
  summary: 'Images that begin with the layers of none of the named bases',
  looksAt: ['provenance'],
  evaluate({ provenance }, { bases, unknown, effect }) {
    if (effect === 'ignore') return [];
    const proofs = bases.map((base): AskedProof => {
      if (provenance === undefined) return { state: 'unknown', why: nobodyKnows };
      const proof = provenance.bases.find((one) => one.base === base);
      return proof ?? { state: 'unknown', why: `There is no approved base ${base}.` };
    });
    const { state, why } = together(proofs, 'any');
    const remedy = `Build the image on one of the approved bases: ${bases.join(', ')}.`.slice(0, 2000);
    const violation = (as: Violation['effect'], message: string): readonly Violation[] => [
      { rule: 'approved-base', effect: as, message: message.slice(0, 2000), remedy },
    ];
    switch (state) {
      case 'proven':
        return [];
      case 'disproven':
        return violation(effect, `It is built on no approved base: ${why}`);
      case 'unknown':
        return violation(unknown, `What it is built on is not known: ${why}`);
      default:
        return state satisfies never;
    }
  },
};
