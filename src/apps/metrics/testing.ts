/** One line with a value. */
interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a page of metrics says. */
interface ParsedMetrics {
  /** Kind of each metric by its name. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly samples: readonly ParsedSample[];
}

const sampleForm = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|Nan|[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?))$/;
const labelForm = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Reads the text format of Prometheus, version 0.0.4, and throws where a line breaks it: an unknown form, a sample without
 * a kind before it, a metric that is described twice, a sample that stands twice, a text that ends within a line.
 */
export function parseMetrics(text: string): ParsedMetrics {
  if (!text.endsWith('\n')) throw new Error('The text ends within a line.');
  const kinds = new Map<string, string>();
  const samples: ParsedSample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const kind = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (kind !== null) {
      const [, name = '', word = ''] = kind;
      if (kinds.has(name)) throw new Error(`${name} is described twice.`);
      kinds.set(name, word);
    } else if (!/^# HELP \S+ ./.test(line)) {
      const sample = sampleOf(line);
      const family = sample.name.replace(/_(?:bucket|sum|count)$/, '');
      if (!kinds.has(sample.name) && !kinds.has(family)) throw new Error(`No kind is said before: ${line}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(key)) throw new Error(`It stands twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  return { kinds, samples };
}

function sampleOf(line: string): ParsedSample {
  const [, name, labels = '', value = ''] = sampleForm.exec(line) ?? [];
  if (name === undefined) throw new Error(`It is no sample: ${line}`);
  return { name, labels: labelsOf(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

function labelsOf(text: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  let end = 0;
  for (let found = labelForm.exec(text); found !== null && found[0] !== ''; found = labelForm.exec(text)) {
    labels[found[1] ?? ''] = (found[2] ?? '').replaceAll(/\\([\\"n])/g, (_, letter: string) => escapes[letter] ?? '');
    end = labelForm.lastIndex;
    if (end === text.length) break;
  }
  if (end !== text.length) throw new Error(`Its labels cannot be read: ${line}`);
  return labels;
}
