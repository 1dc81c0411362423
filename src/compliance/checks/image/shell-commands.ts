/** Simple commands of one pipeline, each as its words without quotes. */
export type Pipeline = readonly (readonly string[])[];

/**
 * Takes a command line of a `RUN` apart, far enough to see which programs it calls with which words. Quotes keep words
 * together; what stands in `$(…)` or is handed to a shell as one word is part of that word. Never throws: what does not
 * close ends with the text.
 */
export function pipelinesOf(text: string): readonly Pipeline[] {
  const reader = {
    pipelines: [] as string[][][],
    pipeline: [] as string[][],
    words: [] as string[],
    word: '',
    open: false,
  };
  const endWord = (): void => {
    if (reader.open) reader.words.push(reader.word);
    reader.word = '';
    reader.open = false;
  };
  const endCommand = (): void => {
    endWord();
    const words = withoutPrefix(reader.words);
    if (words.length > 0) reader.pipeline.push([...words]);
    reader.words = [];
  };
  const endPipeline = (): void => {
    endCommand();
    if (reader.pipeline.length > 0) reader.pipelines.push(reader.pipeline);
    reader.pipeline = [];
  };
  for (const token of tokensOf(text)) {
    if (token.kind === 'text') {
      reader.word += token.text;
      reader.open = true;
    } else if (token.kind === 'space') endWord();
    else if (token.kind === 'pipe') endCommand();
    else endPipeline();
  }
  endPipeline();
  return reader.pipelines;
}

/** The program that a command calls, without its folder. */
export function programOf(words: readonly string[]): string {
  return words[0]?.split('/').at(-1) ?? '';
}

type Token = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'space' | 'pipe' | 'end' };

/** In order: an escaped end of line, an escaped character, quotes, a substitution, words, separators. */
const tokenPattern = new RegExp(
  [
    String.raw`(?<space>\\\r?\n|[ \t\r]+|(?<![^\s;&|])#[^\n]*)`,
    String.raw`\\(?<escaped>.)`,
    String.raw`'(?<single>[^']*)'?`,
    String.raw`"(?<double>(?:[^"\\]|\\[^])*)"?`,
    String.raw`(?<inner>[$<>]\([^()]*\)|\`[^\`]*\`|\$\{[^{}]*\})`,
    String.raw`(?<end>\|\||&&|;|&(?!>)|\n|[(){}](?![^\s;)}]))`,
    String.raw`(?<pipe>\|&?)`,
    String.raw`(?<plain>[^\s\\'"$<>\`|&;(){}#]+|[^])`,
  ].join('|'),
  'gs',
);

function* tokensOf(text: string): Generator<Token> {
  for (const { groups = {} } of text.matchAll(tokenPattern)) {
    const { space, escaped, single, double, inner, end, pipe, plain } = groups;
    if (space !== undefined) yield { kind: 'space' };
    else if (end !== undefined) yield { kind: 'end' };
    else if (pipe !== undefined) yield { kind: 'pipe' };
    else yield { kind: 'text', text: escaped ?? single ?? double ?? inner ?? plain ?? '' };
  }
}

/** Words of the shell before a command, and programs that only run another. */
const before: ReadonlySet<string> = new Set([
  ...'if then else elif do while until ! time exec command builtin'.split(' '),
  ...'sudo env nohup eatmydata'.split(' '),
]);

function withoutPrefix(words: readonly string[]): readonly string[] {
  let at = 0;
  let runs = false;
  for (const word of words) {
    const isAssignment = /^[A-Za-z_][A-Za-z0-9_]*=/.test(word);
    const isBefore = before.has(word.split('/').at(-1) ?? '');
    if (!isAssignment && !isBefore && !(runs && word.startsWith('-'))) break;
    runs = isBefore;
    at += 1;
  }
  return words.slice(at);
}
