import type { Violation } from '../../contract.ts';
import { type AskedProof, nobodyKnows, together } from '../../proofs.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'signature'>;

/** A signature counts for the manifest that names the image, by a key that the console knows. */
export const signature: RuleKind<Setting> = {
  id: 'signature',
  version: 1,
  summary: 'Images that the named keys did not sign',
  looksAt: ['provenance'],
  evaluate({ provenance }, { keys, need, unknown, effect }) {
    if (effect === 'ignore') return [];
    const proofs = keys.map((key): AskedProof => {
      if (provenance === undefined) return { state: 'unknown', why: nobodyKnows };
      const proof = provenance.signatures.find((one) => one.key === key);
      return proof ?? { state: 'unknown', why: `There is no signing key ${key}.` };
    });
    const { state, why } = together(proofs, need);
    const remedy = `Sign the image in its registry with ${need === 'any' ? 'one of the keys' : 'each key'}: ${keys.join(', ')}.`;
    const violation = (as: Violation['effect'], message: string): readonly Violation[] => [
      { rule: 'signature', effect: as, message: message.slice(0, 2000), remedy: remedy.slice(0, 2000) },
    ];
    switch (state) {
      case 'proven':
        return [];
      case 'disproven':
        return violation(effect, `It is not signed as it must be: ${why}`);
      case 'unknown':
        return violation(unknown, `Whether it is signed is not known: ${why}`);
      default:
        return state satisfies never;
    }
  },
};
