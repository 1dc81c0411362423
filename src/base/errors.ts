import { type ErrorCode, errorCatalogue } from './error-catalogue.ts';

interface AppErrorOptions {
  readonly next?: string;
  readonly cause?: unknown;
  readonly retryAfter?: number;
}

/**
 * A failure that a user sees: what happened, a stable code, what to do next.
 * Bugs stay plain `Error`s; expected outcomes are returned, not thrown.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What to do next, as one sentence. */
  readonly next: string;
  /** Seconds after which it is worth asking again, as the other side said. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.next = options.next ?? errorCatalogue[code].next;
    this.retryAfter = options.retryAfter;
  }

  /** HTTP status of the code. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
