/** What keeps a reader of one collection from what belongs to another. */
export type ReaderLimit =
  /** Nobody whose view is scoped to collections is let through. */
  | { readonly by: 'role' }
  /** Only what concerns the reader's collections is shown. `planted`: the journey puts something of others there. */
  | { readonly by: 'collections'; readonly planted: boolean; readonly of?: Readonly<Record<string, string>> }
  /** Only what is the caller's own. */
  | { readonly by: 'caller' }
  /** Nothing of it belongs to a collection. */
  | { readonly by: 'nothing there'; readonly why: string };

/** In the name of everything that the journey gives the other team. */
export const others = 'kelpie';

const role: ReaderLimit = { by: 'role' };
const caller: ReaderLimit = { by: 'caller' };
const planted: ReaderLimit = { by: 'collections', planted: true };
const seen: ReaderLimit = { by: 'collections', planted: false };
const nothing = (why: string): ReaderLimit => ({ by: 'nothing there', why });
/** Asked for something of others by its name. */
const of = (values: Readonly<Record<string, string>>): ReaderLimit => ({
  by: 'collections',
  planted: true,
  of: values,
});

/** Every GET operation of the console, and how it is limited for a reader of one collection. A new one has to be added. */
export const readerLimits: Readonly<Record<string, ReaderLimit>> = {
  '/api/v1/admission-rules': planted,
  '/api/v1/agents': planted,
  '/api/v1/alerts': planted,
  '/api/v1/applications': seen,
  '/api/v1/applications/:name': seen,
  '/api/v1/audit': role,
  '/api/v1/audit/actors': role,
  '/api/v1/audit/verification': role,
  '/api/v1/checks': nothing('each check judges what the reader sees too; who wrote it and how is under custom-checks'),
  '/api/v1/clusters': role,
  '/api/v1/collections': planted,
  '/api/v1/compliance-exceptions': planted,
  '/api/v1/compliance-lists': role,
  '/api/v1/compliance-lists/:id/proposal': role,
  '/api/v1/compliance-rules': planted,
  '/api/v1/compliance/checks': seen,
  '/api/v1/compliance/checks/:check/subjects': seen,
  '/api/v1/compliance/log/batches/:batch/leaves': seen,
  '/api/v1/compliance/log/heads': nothing('heads are hashes and numbers, by which anybody verifies the log'),
  '/api/v1/compliance/subjects/:host/:kind/:id': seen,
  '/api/v1/compliance/subjects/:host/:kind/:id/documents/:hash': seen,
  '/api/v1/compliance/subjects/:host/:kind/:id/transitions': seen,
  '/api/v1/compliance/summary': seen,
  '/api/v1/console': nothing('it says what this console is'),
  '/api/v1/containers': planted,
  '/api/v1/containers/:name/code': seen,
  '/api/v1/custom-checks': role,
  '/api/v1/custom-checks/scripts': role,
  '/api/v1/decisions': planted,
  '/api/v1/events': seen,
  '/api/v1/evidence/attestations': role,
  '/api/v1/evidence/imported': seen,
  '/api/v1/evidence/imported/:id': seen,
  '/api/v1/evidence/imported/:id/file': seen,
  '/api/v1/evidence/own-templates': role,
  '/api/v1/evidence/templates': nothing('the controls of a template are asked of what the reader sees too'),
  '/api/v1/evidence/templates/:template': seen,
  '/api/v1/evidence/templates/:template/changes': seen,
  '/api/v1/evidence/templates/:template/controls/:control': seen,
  '/api/v1/evidence/templates/:template/controls/:control/record': seen,
  '/api/v1/evidence/templates/:template/controls/:control/subjects': seen,
  '/api/v1/evidence/templates/:template/package': seen,
  '/api/v1/exceptions': planted,
  '/api/v1/exceptions/openvex': { by: 'collections', planted: false, of: { collection: others } },
  '/api/v1/findings': seen,
  '/api/v1/gates': planted,
  '/api/v1/gates/trials': seen,
  '/api/v1/health': nothing('a reader of one collection gets no figures of the store and its backups'),
  '/api/v1/hosts': planted,
  '/api/v1/images': planted,
  '/api/v1/images/:subject': of({ subject: 'IMAGE' }),
  '/api/v1/images/:subject/changes': seen,
  '/api/v1/images/:subject/executables': seen,
  '/api/v1/images/:subject/packages': of({ subject: 'IMAGE' }),
  // Its keys are those that a policy of the reader names, also of an image that the reader sees.
  '/api/v1/images/:subject/provenance': of({ subject: 'OUR IMAGE' }),
  '/api/v1/incident-days': seen,
  '/api/v1/incidents': planted,
  '/api/v1/incidents/:id': of({ id: '1' }),
  '/api/v1/join-tokens': role,
  '/api/v1/link': nothing('it says where agents dial'),
  '/api/v1/models': planted,
  '/api/v1/models/:id': of({ id: 'MODEL' }),
  '/api/v1/models/:id/diff': seen,
  '/api/v1/models/:id/review': seen,
  '/api/v1/models/:id/stops': seen,
  '/api/v1/openapi.json': nothing('it describes the API'),
  '/api/v1/overview': seen,
  '/api/v1/policies': planted,
  '/api/v1/policies/:id/versions': of({ id: others }),
  '/api/v1/protection': seen,
  '/api/v1/provider': role,
  '/api/v1/runtime-rules': planted,
  '/api/v1/scans/:scan/findings': role,
  '/api/v1/scans/:scan/verdict': role,
  '/api/v1/sensors': planted,
  '/api/v1/session': caller,
  '/api/v1/session/sessions': role,
  '/api/v1/sessions': role,
  '/api/v1/settings/retention': role,
  '/api/v1/tokens': role,
  '/api/v1/tokens/:id/dependent-images': role,
  '/api/v1/trend': seen,
  '/api/v1/trust': planted,
  '/api/v1/unscanned': planted,
  '/api/v1/upgrades': seen,
  '/api/v1/users': role,
  '/api/v1/verdicts/:subject/:environment/bundle': role,
  '/api/v1/vulnerabilities': seen,
  '/api/v1/vulnerabilities/tree': seen,
  '/api/v1/vulnerability-database': nothing('it tells the age and sources of the vulnerability database'),
  '/healthz': nothing('a probe'),
  '/readyz': nothing('a probe'),
};
