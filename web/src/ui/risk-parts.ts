/** One part of a risk score as it is drawn: which hue, what it is called, how many points. */
export interface RiskPart {
  readonly part: 'epss' | 'kev' | 'severity' | 'reach' | 'use' | 'context';
  readonly name: string;
  readonly points: number;
}

/** Factors of `seawall-risk/1` in its order. All after `use` are drawn in one hue and listed one by one. */
const factors: readonly (readonly [keys: readonly string[], part: RiskPart['part'], name: string])[] = [
  [['epss'], 'epss', 'EPSS'],
  [['kev', 'ransomware'], 'kev', 'Known exploited'],
  [['severity'], 'severity', 'Severity'],
  [['reach'], 'reach', 'Reach'],
  [['use'], 'use', 'In use'],
];

const contextNames: ReadonlyMap<string, string> = new Map([
  ['environment', 'Environment'],
  ['escape', 'Escape'],
  ['user', 'User'],
  ['spread', 'Spread'],
  ['controls', 'Controls missing'],
  ['fix', 'Fix'],
]);

/** The points of a finding in the order of the formula, without the parts that add nothing. They add up to its score. */
export function riskPartsOf(points: Readonly<Record<string, number>>): readonly RiskPart[] {
  const named = factors.map(([keys, part, name]) => ({
    part,
    name,
    points: keys.reduce((sum, key) => sum + (points[key] ?? 0), 0),
  }));
  const known = new Set(factors.flatMap(([keys]) => keys));
  const places = [...contextNames.keys()];
  const place = (key: string): number => (contextNames.has(key) ? places.indexOf(key) : places.length);
  const others = Object.entries(points)
    .filter(([key]) => !known.has(key))
    .toSorted(([one], [other]) => place(one) - place(other))
    .map(([key, value]) => ({ part: 'context' as const, name: contextNames.get(key) ?? key, points: value }));
  return [...named, ...others].filter((one) => one.points > 0);
}
