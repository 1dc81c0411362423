import type { SubjectId } from '#base/index.ts';
import type { Route } from '#http/console/index.ts';
import type { Parts } from './parts.ts';
import { prove, proveDue } from './prove.ts';
import { provenanceRoutes } from './routes.ts';

/** What the console runs of this domain. */
export interface ProvenanceService {
  readonly routes: readonly Route[];
  /** After an image appeared somewhere, got another name, or was scanned. */
  prove(which: { readonly subject: SubjectId }): Promise<void>;
  /** After `trustChanged`. */
  proveAll(): Promise<void>;
  /** Now and then: registries that were away are asked again, and new signatures are looked for. */
  proveDue(): Promise<void>;
}

export function createProvenance(parts: Parts): ProvenanceService {
  return {
    routes: provenanceRoutes(parts),
    prove: async ({ subject }) => await prove(parts, subject, 'due'),
    proveAll: async () => await proveDue(parts, 'all'),
    proveDue: async () => await proveDue(parts, 'due'),
  };
}
