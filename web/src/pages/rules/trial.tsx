import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RuleText } from '#rules/contract.ts';
import { Failure } from '../../ui/failure.tsx';
import { useSettled } from '../policy/use-replay.ts';

/** A text that is tried as it is written. */
export interface TriedText<Text> {
  readonly id: string;
  readonly text: Text;
}

interface TrialProps<Text, Reply> extends TriedText<Text> {
  /** How its answer begins: `In the last 14 days it would have`. */
  readonly title: string;
  /** Of the endpoint that tries it. */
  readonly path: string;
  readonly ask: (text: Text, signal: AbortSignal) => Promise<Reply>;
  readonly children: (reply: Reply) => ReactNode;
}

/** Where the answer for a text is kept. */
const keyOf = (path: string, id: string, text: string): readonly string[] => [path, id, text];

/** What was answered for exactly this text; missing: it is still tried, or cannot be. */
export function useTried<Reply>(path: string, { id, text }: TriedText<RuleText>): Reply | undefined {
  return useQuery<Reply>({ queryKey: keyOf(path, id, JSON.stringify(text)), enabled: false }).data;
}

/** What a rule would do, as it is written a moment ago; while another text is tried, what the one before would do. */
export function Trial<Text extends RuleText, Reply>(props: TrialProps<Text, Reply>): ReactNode {
  const { title, path, id, ask, children } = props;
  const text = useSettled(JSON.stringify(props.text));
  const { data, error } = useQuery({
    queryKey: keyOf(path, id, text),
    queryFn: ({ signal }) => {
      const settled = JSON.parse(text) as Text;
      return ask({ ...settled, name: settled.name || 'new' }, signal);
    },
    placeholderData: (before) => before,
  });
  return (
    <section className="replay" aria-live="polite">
      <h3>{title}</h3>
      {error !== null && <Failure error={error} />}
      {data !== undefined && children(data)}
    </section>
  );
}
