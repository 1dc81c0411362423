import type { Fact } from './contract.ts';
import { Fact as FactSchema } from './contract.ts';

const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const form = new RegExp(`^(process|generated-code|code-file) (${quoted})((?: [a-z0-9]+=${quoted})*)$`);
const field = new RegExp(` ([a-z0-9]+)=(${quoted})`, 'g');

/** The fact that a key names (`itemKeyOf`); `undefined` where the key is only its digest, or none. */
export function factOfKey(key: string): Fact | undefined {
  const [, kind, name, rest = ''] = form.exec(key) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const fields = Object.fromEntries([...rest.matchAll(field)].map(([, word = '', text = '""']) => [word, read(text)]));
  const parsed = FactSchema.safeParse(factFrom(kind, read(name), fields));
  return parsed.success ? (parsed.data as Fact) : undefined;
}

type Fields = Readonly<Record<string, string>>;

function factFrom(kind: string, name: string, { by, args, below, ...others }: Fields): object {
  switch (kind) {
    case 'process':
      return { dimension: 'process', path: name, ...named('caller', by), ...named('shape', args), ...others };
    case 'generated-code':
      return { dimension: 'file', kind, path: name, folder: below };
    default:
      return { dimension: 'file', kind, path: by, file: name, ...others };
  }
}

function named(name: string, value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}

function read(text: string): string {
  return String(JSON.parse(text));
}
