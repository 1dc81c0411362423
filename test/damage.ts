import fc from 'fast-check';

/** Tries on damaged content; the long form tries 100,000. */
export const damageTries = Number(process.env['SEAWALL_DAMAGE_TRIES'] ?? 200);

/** A text cut off anywhere, and overwritten in a few places. */
export function damagedTexts(whole: string): fc.Arbitrary<string> {
  const places = fc.array(fc.tuple(fc.nat({ max: whole.length }), fc.string({ maxLength: 3 })), { maxLength: 8 });
  return fc.tuple(fc.nat({ max: whole.length }), places).map(([cut, changes]) => {
    let text = whole.slice(0, cut);
    for (const [at, put] of changes) text = text.slice(0, at) + put + text.slice(at + put.length);
    return text;
  });
}
