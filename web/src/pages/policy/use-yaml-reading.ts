import { useEffect, useRef } from 'react';
import { policyFromYaml } from '#policy/contract.ts';
import { ask, failureOf } from '../../api.ts';
import type { Draft, YamlText } from './use-draft.ts';

/** Milliseconds after the last key before the text is read. */
const pause = 400;

/** Reads what was written a moment after the last key, unless it was written on meanwhile. */
export function useYamlReading(draft: Draft): void {
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });
  const wanted = draft.yaml?.state === 'reading' ? draft.yaml.text : undefined;
  useEffect(() => {
    if (wanted === undefined) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      void readYaml(wanted, stop.signal).then((answer) => {
        if (answer !== undefined && !stop.signal.aborted) latest.current.writeYaml(answer.yaml, answer.read);
      });
    }, pause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted]);
}

interface Answer {
  readonly yaml: YamlText;
  readonly read?: Parameters<Draft['write']>[0];
}

async function readYaml(text: string, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const answer = await ask(policyFromYaml, { body: { yaml: text } }, signal);
    if (answer.state === 'refused') return { yaml: { text, problems: answer.problems, state: 'refused' } };
    return { yaml: { text, problems: [], state: 'read' }, read: answer.policy };
  } catch (error) {
    if (signal.aborted) return undefined;
    const { message, next } = failureOf(error);
    return { yaml: { text, problems: [{ message: `${message} ${next}` }], state: 'refused' } };
  }
}
