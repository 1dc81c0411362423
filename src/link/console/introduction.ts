import { AppError } from '#base/index.ts';
import { type Introduction, protocolVersion, unassigned } from '../contract.ts';

/** This version of the messages and the one before it, if there is one. */
const served: readonly number[] = [protocolVersion, protocolVersion - 1].filter((version) => version > 0);

/** Throws `AppError` `protocol-unsupported`. */
export function checkProtocol({ protocol, version }: Pick<Introduction, 'protocol' | 'version'>): void {
  if (served.includes(protocol)) return;
  throw new AppError(
    'protocol-unsupported',
    `This console serves version ${served.join(' and ')} of the link; the agent ${version} speaks version ${protocol}.`,
  );
}

/**
 * The environment that an agent joins in, `null` for none: the one that it asks for, if its join token allows that. One
 * that asks for none gets the only one, or none where the token allows none. Throws `AppError` `join-refused`.
 */
export function environmentAtJoin(asked: string | undefined, allowed: readonly string[]): string | null {
  const chosen = asked ?? (allowed.length === 1 ? allowed[0] : unassigned);
  if (chosen !== undefined && allowed.includes(chosen)) return storedEnvironment(chosen);
  const wanted = asked === undefined ? 'the agent names none of them' : `"${asked}" is not among them`;
  throw new AppError('join-refused', `The join token allows the environments ${allowed.join(', ')}; ${wanted}.`, {
    next: 'Start the agent with --environment and one of them, or join with another token.',
  });
}

/** Where an agent is that joined before. */
export interface EnvironmentNow {
  /** `null` for none. */
  readonly environment: string | null;
  /** What it asks for without being allowed to; `null`: nothing. */
  readonly refused: string | null;
}

/** What an agent says later moves it only among the environments of its join token; anything else changes nothing. */
export function environmentNow(
  asked: string | undefined,
  { environment, environments }: { readonly environment: string | null; readonly environments: readonly string[] },
): EnvironmentNow {
  if (asked === undefined) return { environment, refused: null };
  if (environments.includes(asked)) return { environment: storedEnvironment(asked), refused: null };
  return { environment, refused: asked };
}

function storedEnvironment(name: string): string | null {
  return name === unassigned ? null : name;
}
