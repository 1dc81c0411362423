import type { ExplorerService } from '#explorer/console/index.ts';
import { catalogStored } from '#catalog/console/index.ts';
import { hostReported } from '#inventory/console/index.ts';
import { type PolicyService, policyChanged, verdictChanged, verdictOutdated } from '#policy/console/index.ts';
import { type Reaction, when } from '#store/index.ts';
import {
  databaseBuildReported,
  databaseChanged,
  findingsChanged,
  matchOutdated,
  type VulnerabilityService,
} from '#vulnerability/console/index.ts';

/** The domains that do something when something happens. */
export interface ReactingServices {
  readonly vulnerability: VulnerabilityService;
  readonly policy: PolicyService;
  readonly explorer: ExplorerService;
}

/**
 * How the product flows: what happens on the left, what is done about it on the right. Domains know only the facts
 * that they announce; this table is the one place that joins them. The names are queues: they stay as they are.
 */
export function reactions({ vulnerability, policy, explorer }: ReactingServices): readonly Reaction[] {
  return [
    when(catalogStored, 'match-scan', vulnerability.matchScan),
    when(findingsChanged, 'judge-scan', policy.judgeScan),

    when(databaseChanged, 'renew-matches', vulnerability.renewMatches),
    when(matchOutdated, 'renew-match', vulnerability.matchScan),
    when(policyChanged, 'renew-verdicts', policy.renewVerdicts),
    when(verdictOutdated, 'renew-verdict', policy.judgeScan),

    when(catalogStored, 'show-scan', explorer.refreshSubject),
    when(findingsChanged, 'show-findings', explorer.refreshSubject),
    when(verdictChanged, 'show-verdict', explorer.refreshSubject),
    when(hostReported, 'show-host', explorer.refreshHost),
    when(databaseChanged, 'show-database', explorer.tellDatabaseChanged),
    when(databaseBuildReported, 'show-database-build', explorer.tellDatabaseChanged),
  ];
}
