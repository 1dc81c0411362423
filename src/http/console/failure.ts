import { AppError, type ErrorCode, errorCatalogue, isAppError } from '#base/index.ts';

/** What a caller is told when something fails. */
export interface FailureBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly next: string;
    readonly requestId: string;
  };
}

/** A failure that the caller may read; whatever is not foreseen says nothing about its cause. */
export function toAppError(error: unknown, requestId: string): AppError {
  if (isAppError(error)) return error;
  const code = foreseen(codeOf(error)) ?? ofStore(codeOf(error));
  if (code !== undefined) return new AppError(code, errorCatalogue[code].meaning, { cause: error });
  return new AppError('internal', `The console met a fault of its own (request ${requestId}).`, { cause: error });
}

export function failureBody(error: AppError, requestId: string): FailureBody {
  return { error: { code: error.code, message: error.message, next: error.next, requestId } };
}

/**
 * Codes of Fastify's own refusals (Fastify documentation, "Errors"), of paths that can name no file, and of PostgreSQL
 * when it has no time or is not there (its manual, appendix A).
 */
function foreseen(code: string): ErrorCode | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'too-large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return 'unsupported-media';
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return 'bad-request';
    case 'FST_ERR_NOT_FOUND':
    case 'FST_STATIC_FORBIDDEN_PATH':
    case 'ENAMETOOLONG':
      return 'not-found';
    case '57014':
    case '55P03':
    case '25P03':
    case '53300':
      return 'store-busy';
    case '53100':
      return 'store-full';
    case '57P01':
    case '57P02':
    case '57P03':
    case '08001':
    case '08006':
    case '25006':
      return 'store-unavailable';
    default:
      return undefined;
  }
}

/** A value of the request that PostgreSQL cannot hold, such as a number out of range (SQLSTATE class 22). */
function ofStore(code: string): ErrorCode | undefined {
  return /^22[0-9A-Z]{3}$/.test(code) ? 'bad-request' : undefined;
}

/** As `pg` says that no session became free in time, or that one broke; these errors have no code. */
const lostSession =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client (?:was closed|has encountered a connection error))/;

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return lostSession.test(error.message) ? '08006' : '';
}
