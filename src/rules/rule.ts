/** A rule, or another thing of people, with a place in an order and a scope. */
export interface Rule {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Any of these collections; missing: everything. */
  readonly collections?: readonly string[] | undefined;
  /** Missing: on. */
  readonly state?: 'on' | 'off' | undefined;
}
