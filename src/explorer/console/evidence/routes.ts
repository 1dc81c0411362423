import { writerOf } from '#access/console/index.ts';
import type { Clock } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import {
  addAttestation,
  getControl,
  getTemplateEvidence,
  listAttestations,
  listEvidenceChanges,
  listEvidenceTemplates,
  listSubjectsOfControl,
  revokeAttestation,
} from '../../contract.ts';
import { attestationKinds } from '../../evidence/attestations.ts';
import { addAttested, listAttested, revokeAttested } from './attestations.ts';
import { eyesOf, type Looking, type Moment } from './looking.ts';
import { aboutTemplate, readControl, readTemplate } from './read-evidence.ts';
import { readChanges } from './read-changes.ts';
import { readSubjects } from './read-subjects.ts';
import { readSubjectsThen } from './read-subjects-then.ts';
import { refreshEstate } from './refresh-evidence.ts';
import { askedScope } from './scopes.ts';
import { readTemplatesEver } from './templates-here.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

interface AskedPart {
  readonly environment?: string | undefined;
  readonly application?: string | undefined;
  readonly at?: string | undefined;
  readonly known?: string | undefined;
}

/** How controls stand, and what people attest. */
export function evidenceRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  const lookingOf = async (principal: Principal | undefined, asked: AskedPart): Promise<Looking> => ({
    ...(await eyesOf(store, principal)),
    scope: askedScope(asked),
    now: clock(),
    moment: momentOf(asked, clock()),
  });
  return [
    route(listEvidenceTemplates, async () => ({ templates: (await readTemplatesEver(store)).map(aboutTemplate) })),
    route(getTemplateEvidence, async ({ principal, params, query }) =>
      readTemplate(store, params.template, await lookingOf(principal, query)),
    ),
    route(getControl, async ({ principal, params, query }) =>
      readControl(store, params, await lookingOf(principal, query)),
    ),
    route(listEvidenceChanges, async ({ principal, params, query }) =>
      readChanges(store, { ...params, query, looking: await lookingOf(principal, query) }),
    ),
    route(listSubjectsOfControl, async ({ principal, params, query }) => {
      const asked = { ...params, query, looking: await lookingOf(principal, query) };
      const { moment } = asked.looking;
      return moment === undefined
        ? await readSubjects(store, asked)
        : await readSubjectsThen(store, { ...asked, moment });
    }),
  ];
}

/** By what was known until then, or by what is known now of the past. */
function momentOf({ at, known }: AskedPart, now: Date): Moment | undefined {
  if (at === undefined && known === undefined) return undefined;
  return { at: at === undefined ? now : new Date(at), known: known === undefined ? undefined : new Date(known) };
}

/** What people confirm by documents. Controls show it at once; hosts whose checks it stands in for, within a minute. */
export function attestationRoutes(dependencies: Dependencies): readonly Route[] {
  const { store, clock } = dependencies;
  return [
    route(listAttestations, async () => ({
      kinds: attestationKinds,
      attestations: await listAttested(store, clock()),
    })),
    route(addAttestation, async ({ body, ...context }) => {
      const attestation = await addAttested(dependencies, body, writerOf(context));
      await refreshEstate(dependencies);
      return { attestation };
    }),
    route(revokeAttestation, async ({ params: { id }, ...context }) => {
      const attestation = await revokeAttested(dependencies, id, writerOf(context));
      await refreshEstate(dependencies);
      return { attestation };
    }),
  ];
}
