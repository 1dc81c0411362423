/** What an operator may name for checks to compare with. */
export interface OperatorList {
  readonly title: string;
  /** What an entry is, with an example. */
  readonly entry: string;
  /** Holds until an operator says otherwise; missing: checks that need the list are not assessed without one. */
  readonly shipped?: readonly string[];
}
