import { ContainerState } from '../../../contract.ts';

const known = ContainerState.catch('dead');

/** The engine's word for a container's state as ours; one that is being removed has ended. */
export function stateOf(status: string): ContainerState {
  return status === 'removing' ? 'exited' : known.parse(status);
}

/** Whether processes of the container may exist. */
export function runs(state: string): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}
