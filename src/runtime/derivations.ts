import table from './derivations-1.json' with { type: 'json' };

/** A product of an image's own code: what an interpreter of the image makes of a file of the image, and runs itself. */
export interface Derivation {
  readonly id: string;
  /** What it is called in a sentence. */
  readonly product: string;
  /** Whose interpreter writes it and runs it: `python`, `php`, `java`. */
  readonly language: string;
  /** `{name}` stands for any part of a name, `{name*}` for folders too; the same name for the same text in `source`. */
  readonly path: string;
  /** The image's file that it is made from. */
  readonly source: string;
  /** How the sensor tells that it is (`native/sensor/guard/derivation.c`). */
  readonly proof: string;
}

/** The rules that the sensor has built in. */
export const derivations: readonly Derivation[] = table.rules;

const patterns = derivations.map((rule) => ({ rule, pattern: patternOf(rule.path) }));

/** The first rule whose product has a path like this. Whether it holds is the sensor's word: nothing is told of one that does. */
export function derivationAt(path: string): Derivation | undefined {
  if (path.length > 4096) return undefined;
  return patterns.find(({ pattern }) => pattern.test(path))?.rule;
}

function patternOf(path: string): RegExp {
  const parts = path.split(/(\{\w+\*?\})/u).map((part) => {
    if (!part.startsWith('{')) return part.replaceAll('.', String.raw`\.`);
    return part.endsWith('*}') ? '.+?' : '[^/]+?';
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}
