import { AppError } from '#base/index.ts';
import { type Introduction, protocolVersion } from '../contract.ts';

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
 * The environment that an agent stands in: what it says, if its join token allows that; the only one that the token
 * allows, if it says nothing. Throws `AppError` `join-refused`.
 */
export function environmentOf(said: string | undefined, allowed: readonly string[] | null): string | null {
  if (allowed === null) return said ?? null;
  if (said !== undefined && allowed.includes(said)) return said;
  const [only, ...others] = allowed;
  if (said === undefined && only !== undefined && others.length === 0) return only;
  const wanted = said === undefined ? 'none is named' : `"${said}" is not among them`;
  throw new AppError('join-refused', `The join token allows the environments ${allowed.join(', ')}; ${wanted}.`, {
    next: 'Start the agent with --environment and one of them, or join with another token.',
  });
}
