import type { DomainSchema, Queries, Transaction } from '#store/index.ts';
import type { Rule } from '../rule.ts';

/** Rules in force stand in a table of their domain's schema, in their order. */
export interface PlaceTable {
  readonly place: {
    readonly id: string;
    readonly position: number;
  };
}

/** When a version was saved and by whom: by nobody when it came with the console. */
export interface SavedBy {
  readonly now: Date;
  readonly savedBy?: string;
}

export type TextOf<Kind extends Rule> = Omit<Kind, 'id' | 'version'>;

/** The rules of one kind, as people change them. The last one holds for everything that no other one does, and stays. */
export interface RuleList<Kind extends Rule> {
  /** In the audit trail: `admission-rule`; and of many. */
  readonly kind: string;
  readonly plural: string;
  /** In what people read of a refusal: `rule`. */
  readonly noun: string;
  /** Id of the last one. */
  readonly last: string;
  readonly schema: DomainSchema<PlaceTable>;
  /** In their order. */
  inForce(queries: Queries): Promise<readonly Kind[]>;
  /** Puts the next version of a rule in force and tells of it; a new rule stands before the last one. */
  addVersion(transaction: Transaction, text: TextOf<Kind> & Pick<Rule, 'id'>, by: SavedBy): Promise<Kind>;
  /** Tells everybody who follows the rules that one is another, or gone. */
  announce(transaction: Transaction, id: string): Promise<void>;
  /** Throws `bad-request` for a text that can be no rule of this kind. */
  check(text: TextOf<Kind>): Promise<void>;
  saysTheSame(before: Kind, text: TextOf<Kind>): boolean;
  /** As many as may be in force; 200 unless said. */
  readonly most?: number;
}
