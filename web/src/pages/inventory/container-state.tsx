import type { ReactNode } from 'react';
import type { Container, ContainerState } from '#inventory/contract.ts';

const words: Readonly<Record<ContainerState, string>> = {
  created: 'Created',
  running: 'Running',
  paused: 'Paused',
  restarting: 'Restarting',
  exited: 'Ended',
  dead: 'Dead',
  removed: 'Removed',
};

/** Whether a container is at work; a dot that is filled, or a ring. What is stale or incomplete says so. */
export function ContainerStateMark({ container }: { readonly container: Container }): ReactNode {
  const { state, stale, exitCode } = container;
  const up = isUp(state);
  return (
    <span className="run-state" data-run={up ? state : 'ended'}>
      <i aria-hidden="true" />
      {words[state]}
      {!up && exitCode !== undefined && exitCode !== 0 && <span className="mark">exit {exitCode}</span>}
      {stale && up && <span className="mark dashed hatch-mark">stale</span>}
    </span>
  );
}

/** Whether it has processes, or soon again. */
export function isUp(state: ContainerState): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** The word for people. */
export function containerStateWord(state: ContainerState): string {
  return words[state];
}
