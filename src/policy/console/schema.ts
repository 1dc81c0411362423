import type { ColumnType, GeneratedAlways } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Exception, Rule, VerdictKind } from '../contract.ts';
import type { FactsChange } from './facts-form.ts';
import { differences, exceptionStates, factsChanges, fixesAppeared, rulesOfPeople, verdicts } from './migrations.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that an image's labels may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface PolicyTables {
  /** Every version that was ever in force; the newest of an id is in force while the id has a place. */
  readonly policy: {
    readonly id: string;
    readonly version: number;
    readonly name: string;
    readonly description: string | null;
    readonly collections: readonly string[] | null;
    readonly state: 'on' | 'off';
    readonly rules: ColumnType<readonly Rule[], string, never>;
    readonly created_at: Date;
    /** Name of who saved it; null: the console itself, as a setting said. */
    readonly saved_by: string | null;
  };
  /** Policies in force, in their order. */
  readonly place: {
    readonly id: string;
    readonly position: number;
  };
  /** History of verdicts; rows are never changed. */
  readonly verdict: {
    /** Order in which the verdicts of a scan were made. */
    readonly sequence: GeneratedAlways<number>;
    readonly scan: ScanId;
    readonly subject: SubjectId;
    /** Empty: of the publication, or of hosts without an environment. */
    readonly environment: string;
    readonly policy_id: string;
    readonly policy_version: number;
    /** Version of the vulnerability database behind it. */
    readonly database: string;
    /** Digest of the verdict: a judging that says the same again makes no new row. */
    readonly digest: string;
    readonly kind: VerdictKind;
    readonly judged_at: Date;
    /** zstd of the verdict as JSON. */
    readonly verdict: Buffer;
  };
  /** How a scan stands in an environment: what was judged last, by what and where. */
  readonly judging: {
    readonly scan: ScanId;
    readonly environment: string;
    readonly subject: SubjectId;
    readonly received_at: Date;
    /** Whether this scan is one of those that count there now, or is shown of what lies nowhere. */
    readonly current: boolean;
    /** Whether it counts as one of the subject's verdicts: of where it lies, or of the publication when it lies nowhere. */
    readonly counts: boolean;
    /** Whether containers of it run there. */
    readonly runs: boolean;
    readonly places: Json<readonly Selectable[]>;
    readonly policy_id: string;
    readonly policy_version: number;
    readonly kind: VerdictKind;
    readonly violations: number;
    /** Of the newest verdict, in one sentence. */
    readonly reason: string;
    /** Exceptions that kept something from counting. */
    readonly excepted: readonly string[];
    /** Whether feeds were too old: a newer database then judges again. */
    readonly stale: boolean;
    /** Digest of all that the verdict rests on but time: the same means there is nothing to judge again. */
    readonly key: string;
    /** Of the newest verdict. */
    readonly digest: string;
    readonly database: string;
    readonly judged_at: Date;
    /** When time alone may change it: feeds age, days of grace and exceptions end. */
    readonly renew_at: Date;
  };
  /** What rules look at, of each judged scan. */
  readonly facts: {
    readonly scan: ScanId;
    readonly subject: SubjectId;
    /** Of the matching that they are from. */
    readonly key: string;
    readonly database: string;
    /** Where the publication says that its subject belongs. */
    readonly published: Json<Selectable>;
    /** Packages with findings, see `componentKey`. */
    readonly components: readonly string[];
    /** zstd of `FactsForm` as JSON, without what `facts_change` holds. */
    readonly facts: Buffer;
    /** Version of the matching that they are from with all changes, see `StoredMatch`; 0: not known. */
    readonly match_version: number;
  };
  /** What became otherwise in findings since the facts were packed. */
  readonly facts_change: {
    readonly scan: ScanId;
    /** Of the matching that found it. */
    readonly version: number;
    readonly change: Json<FactsChange>;
  };
  /** When a fix appeared for a finding that had none before. */
  readonly fix_seen: {
    readonly advisory: string;
    readonly type: string;
    readonly package: string;
    readonly fixed: string;
    readonly seen_at: Date;
  };
  readonly exception: {
    readonly id: string;
    readonly advisory: string;
    readonly package: Json<Exception['package']>;
    readonly component: string;
    readonly collections: readonly string[] | null;
    readonly reason: Exception['reason'];
    readonly explanation: string;
    readonly expires_at: Date;
    /** `expired` is told by `expires_at`. */
    readonly state: Exclude<Exception['state'], 'expired'>;
    readonly requested_by: Json<Exception['requestedBy']>;
    /** The person who asked, also when a token of theirs did; null: not known. */
    readonly requester: string | null;
    readonly requested_at: Date;
    readonly decided_by: ColumnType<Exception['requestedBy'] | null, string | null, string | null>;
    readonly decided_at: Date | null;
    readonly note: string | null;
  };
}

export const policySchema: DomainSchema<PolicyTables> = {
  name: 'policy',
  migrations: {
    '0001-verdicts': verdicts,
    '0002-rules-of-people': rulesOfPeople,
    '0003-differences': differences,
    '0004-facts-changes': factsChanges,
    '0005-exception-states': exceptionStates,
    '0006-fixes-appeared': fixesAppeared,
  },
};
