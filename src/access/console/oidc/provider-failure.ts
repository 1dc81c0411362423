import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { AppError, messageOf, oneLine } from '#base/index.ts';

/**
 * Why the provider proved nothing. `away`: it does not answer, or not as a provider does. `refused`: what came does not
 * hold. `ended`: it gave out a code or a refresh token, and takes it no more.
 */
export class ProviderFailure extends Error {
  readonly kind: 'away' | 'refused' | 'ended';

  constructor(kind: ProviderFailure['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ProviderFailure';
    this.kind = kind;
  }
}

/** What the library says when an answer or a token does not hold. */
const broken: readonly string[] = [
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_PARSE_ERROR',
  'OAUTH_UNSUPPORTED_OPERATION',
];

/** What went wrong, of anything that the library throws. Its texts hold no token. */
export function failureOf(error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  if (error instanceof AuthorizationResponseError)
    return new ProviderFailure('refused', `The provider answers "${codeIn(error.error)}".`, error);
  if (error instanceof ResponseBodyError) return answered(error);
  if (error instanceof WWWAuthenticateChallengeError)
    return new ProviderFailure('away', 'The provider does not accept the client id or its secret.', error);
  if (error instanceof ClientError && broken.includes(error.code ?? ''))
    return new ProviderFailure('refused', `${sentenceOf(error)}.`, error);
  return new ProviderFailure('away', `The provider cannot be asked: ${reasonOf(error)}.`, error);
}

function answered(error: ResponseBodyError): ProviderFailure {
  const code = codeIn(error.error);
  if (code === 'invalid_grant')
    return new ProviderFailure('ended', 'The provider takes the code or refresh token no more.', error);
  if (code === 'invalid_client')
    return new ProviderFailure('away', 'The provider does not accept the client id or its secret.', error);
  return new ProviderFailure('away', `The provider answers "${code}".`, error);
}

/** The other side, or whoever made up an answer, writes the code. */
function codeIn(code: string): string {
  return /^[a-z_]{1,64}$/.test(code) ? code : 'unknown error';
}

function sentenceOf(error: ClientError): string {
  const { message, cause } = Object(error.cause) as { readonly message?: unknown; readonly cause?: unknown };
  const { claim } = Object(cause) as { readonly claim?: unknown };
  if (error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED')
    return `The token is expired or not valid yet (${String(claim)}); compare the clocks of both machines`;
  if (error.code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' && typeof claim === 'string')
    return `The token says another ${claim} than expected`;
  return `What came from the provider does not hold: ${oneLine(typeof message === 'string' ? message : error.message, 200)}`;
}

/** `fetch` keeps the reason one level below. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const deepest = inner instanceof Error && inner.cause instanceof Error ? inner.cause : inner;
  return oneLine(messageOf(deepest), 200);
}

/** The same for who signs in. */
export function toAppError({ kind, message, cause }: ProviderFailure, name: string): AppError {
  if (kind === 'away') return new AppError('provider-unavailable', `${name}: ${message}`, { cause });
  return new AppError(
    'sign-in-refused',
    kind === 'ended' ? 'This answer of the provider was used before or is too old.' : message,
    {
      cause,
    },
  );
}
