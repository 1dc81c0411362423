/** Who published a scan, as it was at that moment. `console`: this console pulled the image itself. */
export interface Publisher {
  readonly kind: 'console' | 'agent' | 'token' | 'user';
  readonly id: string;
  readonly name: string;
  /** Where the host of an agent stood; missing: in no environment. */
  readonly environment?: string;
  /** Patterns of the repositories that a token publishes for; missing: none. */
  readonly repositories?: readonly string[];
}
