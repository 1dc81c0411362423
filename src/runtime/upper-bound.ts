import constants from './learning-1.json' with { type: 'json' };

/**
 * Hours a day with something new that are not exceeded with 80 or 95 % (Jeffreys–Gamma bound): `24 · G(D + ½) ÷ T`, for D
 * novel hours in T hours seen. Quantiles of the Gamma distribution from a table up to D = 10, beyond by Wilson–Hilferty.
 */
export function upperBound(novelHours: number, hours: number, confidence: '80' | '95'): number {
  return (24 * gammaQuantile(novelHours, confidence)) / hours;
}

/** Quantile of Gamma(D + ½, 1). */
export function gammaQuantile(novelHours: number, confidence: '80' | '95'): number {
  return constants.gammaQuantiles[confidence][novelHours] ?? wilsonHilferty(novelHours, confidence);
}

/** Within 0.5 % of the exact quantile from D = 2 on. */
export function wilsonHilferty(novelHours: number, confidence: '80' | '95'): number {
  const shape = novelHours + 0.5;
  const z = constants.normalQuantiles[confidence];
  return shape * (1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}
