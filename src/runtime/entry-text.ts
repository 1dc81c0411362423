import type { Fact } from './contract.ts';

/**
 * The entry of a model, in words, that would allow a fact, `allow /bin/sh by=/opt/java/bin/java sha256=…`; `undefined` when none can:
 * what is not the image's is known by its hash alone. `sha256` is the program's, for people to compare.
 */
export function entryText(fact: Fact, sha256?: string): string | undefined {
  if (fact.dimension === 'process') {
    const { path, applet, caller, shape, origin, session } = fact;
    const hash = fact.sha256 ?? sha256;
    if (origin === 'memory' || (origin !== undefined && hash === undefined)) return undefined;
    return words('allow', path, { applet, by: caller, args: shape, session, origin, sha256: hash });
  }
  switch (fact.kind) {
    case 'generated-code':
      return words('allow-code', `${fact.folder}/`, { by: fact.path });
    case 'code-file':
      return fact.sha256 === undefined
        ? undefined
        : words('allow-code', fact.file, { by: fact.path, sha256: fact.sha256 });
    default:
      return fact satisfies never;
  }
}

function words(verb: string, path: string, fields: Readonly<Record<string, string | undefined>>): string {
  const rest = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  );
  return [verb, quoted(path), ...rest].join(' ');
}

function quoted(text: string): string {
  return /^[\w/.+:@%,~-]+$/.test(text) ? text : JSON.stringify(text).replaceAll('\u007f', String.raw`\u007f`);
}
