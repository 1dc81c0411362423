import type { ExitCode } from '../command.ts';
import { fold } from '../fold.ts';
import { painter, type Style } from '../formats/table/paint.ts';
import { plain, plainJson } from '../plain.ts';
import type { Part } from './part.ts';
import type { Answer } from './probe.ts';

/** A probe with what it found. */
export interface Answered {
  readonly id: string;
  readonly title: string;
  readonly answer: Answer;
}

/** 0 fine, 1 problems, 3 something important could not be looked at. */
export function exitOf(answered: readonly Answered[]): ExitCode {
  if (answered.some(({ answer: { state } }) => state === 'problem')) return 1;
  return answered.some(({ answer }) => answer.state === 'unknown' && answer.weight === 'stops') ? 3 : 0;
}

const places = ['problem stops', 'problem weakens', 'unknown stops', 'unknown weakens', 'fine'];

/** Problems first, the worst before others, then what is not known. */
export function worstFirst(answered: readonly Answered[]): readonly Answered[] {
  const place = ({ answer }: Answered) =>
    places.indexOf(answer.state === 'fine' ? 'fine' : `${answer.state} ${answer.weight}`);
  return answered.toSorted((one, other) => place(one) - place(other));
}

export function jsonOf(answered: readonly Answered[], parts: ReadonlySet<Part>): string {
  const probes = worstFirst(answered).map(({ id, title, answer }) => ({ id, title, ...answer }));
  return `${plainJson(JSON.stringify({ parts: [...parts], exit: exitOf(answered), probes }, undefined, 2))}\n`;
}

interface Look {
  readonly columns: number;
  readonly colour: boolean;
}

const marks: Readonly<Record<string, { readonly word: string; readonly style: Style }>> = {
  'problem stops': { word: 'broken', style: 'red' },
  'problem weakens': { word: 'weak', style: 'yellow' },
  'unknown stops': { word: 'unknown', style: 'magenta' },
  'unknown weakens': { word: 'unknown', style: 'dim' },
};

/** What a person reads: each trouble with its fix, and one line of what is fine. */
export function textOf(answered: readonly Answered[], { columns, colour }: Look): string {
  const paint = painter(colour);
  const troubles = joined(worstFirst(answered)).flatMap(({ title, answer }) => {
    if (answer.state === 'fine') return [];
    const { word = '', style = 'dim' } = marks[`${answer.state} ${answer.weight}`] ?? {};
    const said = fold(plain(`${word.padEnd(9)}${title}: ${answer.words}`), { width: columns, indent: 9 });
    const fix = fold(plain(`${' '.repeat(9)}→ ${answer.fix}`), { width: columns, indent: 11 });
    return [`${paint(style, said.slice(0, word.length))}${said.slice(word.length)}\n${fix}`];
  });
  const good = answered.filter(({ answer }) => answer.state === 'fine').map(({ title }) => title);
  const folded = fold(plain(`${'fine'.padEnd(9)}${good.join(', ')}`), { width: columns, indent: 9 });
  return `${[...troubles, ...(good.length === 0 ? [] : [folded])].join('\n')}\n`;
}

/** What is not known for one and the same reason is one line. */
function joined(answered: readonly Answered[]): readonly Answered[] {
  const groups = Map.groupBy(answered, ({ id, answer }) =>
    answer.state === 'unknown' ? `${answer.weight} ${answer.words}` : id,
  );
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : { ...first, title: [first, ...rest].map(({ title }) => title).join(', ') },
  );
}
