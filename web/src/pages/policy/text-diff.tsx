import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { policyToYaml, type PolicyText } from '#policy/contract.ts';
import { ask, type ReadingKey } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { foldSame, lineDiff } from './line-diff.ts';
import { mutable } from './use-replay.ts';

/** The YAML of a text; the same text has the same YAML for good. */
export function useYaml(text: PolicyText) {
  return useQuery({
    queryKey: [policyToYaml.path, null, text] as ReadingKey,
    queryFn: ({ signal }) => ask(policyToYaml, { body: { policy: mutable(text) } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

interface DiffProps {
  readonly name: string;
  readonly before: PolicyText;
  readonly after: PolicyText;
}

/** What changes between two texts of a policy, with signs as well as tints. */
export function TextDiff({ name, before, after }: DiffProps): ReactNode {
  const [one, other] = [useYaml(before), useYaml(after)];
  const error = one.error ?? other.error;
  if (error !== null) return <Failure error={error} />;
  if (one.data === undefined || other.data === undefined)
    return (
      <p aria-busy="true" className="quiet">
        …
      </p>
    );
  const lines = lineDiff(one.data.yaml, other.data.yaml);
  if (lines.every(({ kind }) => kind === 'same')) return <p className="quiet">No differences.</p>;
  return (
    <div className="code text-diff" role="group" tabIndex={0} aria-label={name}>
      {foldSame(lines, 3).map((line, index) => (
        <span key={index} className={line.kind === 'gone' ? 'del' : line.kind === 'come' ? 'add' : 'file'}>
          {line.kind !== 'same' && <span className="sr">{line.kind === 'gone' ? 'remove ' : 'add '}</span>}
          {line.text === '' ? ' ' : line.text}
        </span>
      ))}
    </div>
  );
}
