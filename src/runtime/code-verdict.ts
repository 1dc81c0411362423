import type { CodeStatement, CodeVerdict } from './contract-code.ts';

/** Milliseconds for which a statement about running code says what runs now. */
export const codeFreshFor = 10 * 60_000;

/** What is known of a container beside what its host stated about its code. */
export interface CodeContext {
  readonly now: Date;
  /** Whether its agent is away or revoked: what it said last may hold no more. */
  readonly isAway: boolean;
  /** Whether the agent that reports for the host now signed the statement. */
  readonly isSigned: boolean;
  /** Image that the host reported for it; missing: none that is known. */
  readonly image?: string | undefined;
  /** When it started last, by its engine; missing: not known. */
  readonly startedAt?: Date;
}

/**
 * What a statement about running code proves now, in a sentence. One that is out of date proves nothing, and other code
 * that it found stays found, whoever said it.
 */
export function codeVerdictOf(statement: CodeStatement, context: CodeContext): CodeVerdict {
  const verdict = verdictThen(statement, context);
  const why = outdatedBy(statement, context);
  if (why === undefined) return verdict;
  const sentence = `As of ${clockOf(statement.at)}: ${verdict.sentence}`;
  if (verdict.kind === 'other') return { kind: 'other', sentence: `${sentence} ${why}` };
  return { kind: 'stale', sentence: `${why} ${sentence}` };
}

function verdictThen(statement: CodeStatement, context: CodeContext): CodeVerdict {
  const objections = objectionsTo(statement);
  if (objections.length > 0) return { kind: 'other', sentence: sentenceOf(statement, objections) };
  const gaps = [...gapsIn(statement), ...gapsAround(statement, context)];
  if (gaps.length > 0) return { kind: 'incomplete', sentence: `${sentenceOf(statement, gaps)}${wayOut(statement)}` };
  return { kind: 'proven', sentence: sentenceOf(statement, provenBy(statement)) };
}

function outdatedBy({ at }: CodeStatement, { now, startedAt, isAway }: CodeContext): string | undefined {
  const made = Date.parse(at);
  if (isAway) return 'What runs now is not known: the agent of its host is away. Start the agent.';
  if (startedAt !== undefined && startedAt.getTime() > made)
    return 'What runs now is not known: the container was started again since. Ask its host again.';
  // A host whose clock is ahead must not stay fresh for longer.
  if (Math.abs(now.getTime() - made) > codeFreshFor)
    return `What runs now is not known: this was said more than ${codeFreshFor / 60_000} minutes ago. Ask its host again.`;
  return undefined;
}

function objectionsTo({ counts, files, passed, stopped, since }: CodeStatement): readonly string[] {
  const other = Math.max(counts.other, files.filter(({ standing }) => standing === 'other').length);
  const from = since === undefined ? '' : ` since ${clockOf(since)}`;
  if (other === 0 && passed === 0) return [];
  return [
    ...(other > 0 ? [`${other} ${other === 1 ? 'file is' : 'files are'} not of this image`] : []),
    ...(passed > 0 ? [`${mappingsOf(passed)} of other code ${wasOf(passed)} let through${from}`] : []),
    ...(stopped > 0 ? [`${mappingsOf(stopped)} of other code ${wasOf(stopped)} stopped`] : []),
  ];
}

function gapsIn({ counts, since, at, mechanism, unjudged, untold, mappings, image }: CodeStatement): readonly string[] {
  const isJudged = since !== undefined && mechanism !== 'none';
  return [
    ...(mappings === 0 ? ['no mapping of a file was found'] : []),
    ...(mappings > 0 && counts.image === 0 ? ['no file of its image was found'] : []),
    ...(image === undefined ? ['its image is not known by its content yet'] : []),
    ...(isJudged ? [] : ['nothing on its host judges mappings as they are made']),
    ...(isJudged && Date.parse(since) > Date.parse(at) ? ['its mappings are judged from a later moment on'] : []),
    ...(unjudged > 0 ? [`${mappingsOf(unjudged)} ${wasOf(unjudged)} made before its policy was in force`] : []),
    ...(counts.unlisted > 0
      ? [
          `${counts.unlisted} ${counts.unlisted === 1 ? 'file of its layers is' : 'files of its layers are'} not in its scan`,
        ]
      : []),
    ...(untold > 0 ? [`nothing is known of ${untold} more ${untold === 1 ? 'file' : 'files'}`] : []),
  ];
}

/** A statement of another image or agent proves nothing. */
function gapsAround({ image }: CodeStatement, { isSigned, image: reported }: CodeContext): readonly string[] {
  return [
    ...(isSigned ? [] : ['the agent that reports for its host now did not sign it']),
    ...(image !== undefined && image !== reported ? ['its host reports another image for it, or none'] : []),
  ];
}

/** What to do about the gaps that somebody can close. */
function wayOut({ since, mechanism, unjudged }: CodeStatement): string {
  if (since === undefined || mechanism === 'none')
    return ' See on the page Hosts which mechanisms of its sensor are not active, and why.';
  return unjudged > 0 ? ' Restart the container to have every mapping judged.' : '';
}

function provenBy({ counts, since = '', stopped }: CodeStatement): readonly string[] {
  const allowed =
    counts.allowed === 0 ? '' : ` but ${counts.allowed} that ${counts.allowed === 1 ? 'is' : 'are'} allowed`;
  return [
    `all of this image${allowed}`,
    `none other since ${clockOf(since)}`,
    ...(stopped > 0 ? [`${mappingsOf(stopped)} of other code ${wasOf(stopped)} stopped`] : []),
  ];
}

function sentenceOf({ mappings, processes, anonymous }: CodeStatement, parts: readonly string[]): string {
  const memory =
    anonymous === 0
      ? ''
      : ` ${mappingsOf(anonymous, 'executable ')} of memory ${wasOf(anonymous)} counted apart and not judged.`;
  return `${mappingsOf(mappings)} in ${processes} ${processes === 1 ? 'process' : 'processes'}: ${parts.join(', ')}.${memory}`;
}

function mappingsOf(number: number, kind = ''): string {
  return `${number} ${kind}${number === 1 ? 'mapping' : 'mappings'}`;
}

function wasOf(number: number): string {
  return number === 1 ? 'was' : 'were';
}

/** `2026-11-24 12:03:07 UTC`. */
function clockOf(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
