import { type ReactNode, useState } from 'react';
import { TextField, wordsIn } from './fields.tsx';

interface ListProps {
  readonly label: string;
  readonly value: readonly string[];
  readonly change: (value: readonly string[]) => void;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly problem?: string | undefined;
  readonly mono?: 'yes' | undefined;
}

/** Several texts, one on each line. */
export function LineList({ value, change, ...field }: ListProps): ReactNode {
  return (
    <TextField
      {...field}
      lines={3}
      value={value.join('\n')}
      change={(text) => change(text === '' ? [] : text.split('\n'))}
    />
  );
}

/** Several words on one line. What is written stays as it is, with its spaces, as long as it holds the same words. */
export function WordList({ value, change, ...field }: ListProps): ReactNode {
  const [written, setWritten] = useState('');
  const words = wordsIn(written) ?? [];
  const isSame = words.length === value.length && words.every((word, index) => word === value[index]);
  return (
    <TextField
      {...field}
      value={isSame ? written : value.join(' ')}
      change={(text) => {
        setWritten(text);
        change(wordsIn(text) ?? []);
      }}
    />
  );
}
