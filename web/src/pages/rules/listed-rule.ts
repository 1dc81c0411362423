/** What a person writes of a rule of any kind; each kind adds what it rules. */
export interface RuleText {
  readonly name: string;
  /** Any of these collections; missing: everything. */
  readonly collections?: readonly string[] | undefined;
  readonly state: 'on' | 'off';
}

/** A rule in a list in which the first that is on and holds something holds for it. */
export interface ListedRule extends RuleText {
  readonly id: string;
  readonly version: number;
}
