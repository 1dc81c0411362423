import type { CodeStatement, CodeVerdict } from './contract-code.ts';

/** What a statement about running code proves, in a sentence. */
export function codeVerdictOf(statement: CodeStatement): CodeVerdict {
  const objections = objectionsTo(statement);
  if (objections.length > 0) return { kind: 'other', sentence: sentenceOf(statement, objections) };
  const gaps = gapsIn(statement);
  if (gaps.length > 0) return { kind: 'incomplete', sentence: sentenceOf(statement, gaps) };
  return { kind: 'proven', sentence: sentenceOf(statement, provenBy(statement)) };
}

function objectionsTo({ counts, passed, since }: CodeStatement): readonly string[] {
  const { other } = counts;
  return [
    ...(other > 0 ? [`${other} ${other === 1 ? 'file is' : 'files are'} not of this image`] : []),
    ...(passed > 0
      ? [`other code was mapped and let through${since === undefined ? '' : ` since ${clockOf(since)}`}`]
      : []),
  ];
}

function gapsIn({ counts, since, unjudged, untold, mappings, image }: CodeStatement): readonly string[] {
  return [
    ...(mappings === 0 ? ['no mapping of a file was found'] : []),
    ...(image === undefined ? ['its image is not known'] : []),
    ...(since === undefined ? ['no mechanism of its host judges mappings'] : []),
    ...(unjudged > 0 ? ['mappings were made before there was a policy to ask'] : []),
    ...(counts.unlisted > 0
      ? [`${counts.unlisted} ${counts.unlisted === 1 ? 'file' : 'files'} of its layers are not listed by its scan`]
      : []),
    ...(untold > 0 ? [`nothing is known of ${untold} more files`] : []),
  ];
}

function provenBy({ counts, since = '', stopped }: CodeStatement): readonly string[] {
  const allowed =
    counts.allowed === 0 ? '' : ` but ${counts.allowed} that ${counts.allowed === 1 ? 'is' : 'are'} allowed`;
  return [
    `all of this image${allowed}`,
    `none other since ${clockOf(since)}`,
    ...(stopped > 0 ? ['what else was tried was stopped'] : []),
  ];
}

function sentenceOf({ mappings, processes, anonymous }: CodeStatement, parts: readonly string[]): string {
  const memory =
    anonymous === 0
      ? ''
      : ` Beside them ${anonymous} executable ${anonymous === 1 ? 'mapping' : 'mappings'} of memory.`;
  const where = `${mappings} ${mappings === 1 ? 'mapping' : 'mappings'} in ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  return `${where}: ${parts.join(', ')}.${memory}`;
}

/** `2026-11-24 12:03:07 UTC`. */
function clockOf(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
