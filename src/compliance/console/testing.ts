import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import { claimRefused, linkSchema } from '#link/console/index.ts';
import { type Store, when, whenDistinct, whenMany } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { documentHash, documentText, factsId, type Fields } from '../document.ts';
import {
  checkExceptionsChanged,
  complianceChanged,
  complianceRulesChanged,
  evidenceLogVerified,
  factsAppeared,
  hostOutdated,
} from './facts.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

/** A person of a test who may do everything. */
export const ada = userNamed('ada', ['read', 'write-rules', 'request-exceptions', 'approve-exceptions']);

/** A console with the reactions of compliance, and a clock that a test turns. */
export interface TestCompliance {
  readonly store: Store;
  readonly compliance: ComplianceService;
  /** Why hosts were refused what they claimed. */
  readonly refused: readonly string[];
  /** What was told of verifications of the evidence log. */
  readonly verified: readonly string[];
  now(): Date;
  pass(minutes: number): void;
  /** Runs a container on a host; gives its id. */
  run(
    host: string,
    name: string,
    as?: string | { readonly application?: string; readonly image?: string },
  ): Promise<string>;
  /** A host reports fields of a container; none: it is gone. */
  report(host: string, subject: { readonly id: string; readonly name: string }, fields?: Fields): Promise<void>;
  /** Hands one fact of a host to its handler. */
  hand(host: string, kind: keyof typeof complianceHandlers, body: unknown): Promise<void>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, principal?: Principal): Promise<ReplyOf<E>>;
  close(): Promise<void>;
}

export const privileged = { privileged: known(true, 'HostConfig.Privileged') } as const satisfies Fields;
export const calm = { privileged: known(false, 'HostConfig.Privileged') } as const satisfies Fields;

/** Id of the facts of a container with one document. */
export function factsOf(fields: Fields): string {
  return factsId('container', [{ kind: 'inspect', hash: documentHash(documentText(fields)) }]);
}

export async function openTestCompliance(): Promise<TestCompliance> {
  const store = await createTestStore([
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    provenanceSchema,
    complianceSchema,
  ]);
  const time = { now: new Date('2026-11-30T12:00:00Z') };
  const compliance = await createCompliance({ store, clock: () => time.now });
  const [refused, verified]: [string[], string[]] = [[], []];
  await store.start([
    when(claimRefused, 'note-refused', async ({ reason }) => void refused.push(reason)),
    when(evidenceLogVerified, 'note-verified', async ({ state }) => void verified.push(state)),
    whenMany(factsAppeared, 'evaluate-facts', compliance.evaluate),
    whenDistinct(complianceChanged, 'judge-reported', compliance.judgeHost),
    whenDistinct(hostOutdated, 'judge-outdated', compliance.judgeHost),
    when(complianceRulesChanged, 'judge-by-rules', compliance.judgeAll),
    when(checkExceptionsChanged, 'judge-by-exceptions', compliance.judgeAll),
  ]);
  const hand: TestCompliance['hand'] = async (host, kind, body) => {
    await store.transaction(
      async (transaction) =>
        await complianceHandlers[kind](transaction, agentNamed(host), [{ at: time.now.toISOString(), body }]),
    );
    await store.idle();
  };
  return {
    store,
    compliance,
    refused,
    verified,
    now: () => time.now,
    pass: (minutes) => void (time.now = new Date(time.now.getTime() + minutes * 60_000)),
    run: async (host, name, as = {}) => {
      const { application, image = 'shop:1' } = typeof as === 'string' ? { application: as } : as;
      const agent = agentNamed(host);
      const labels = application === undefined ? {} : { 'seawall.application': application };
      const fact = containerFact(`${host} ${name}`, image, { name, labels });
      await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
      await reportAs(store, agent, { kind: 'container', bodies: [fact] });
      return fact.id;
    },
    hand,
    report: async (host, { id, name }, fields) => {
      const documents = fields === undefined ? [] : [{ kind: 'inspect', text: documentText(fields) }];
      await hand(host, 'compliance', { subject: { kind: 'container', id, name }, documents });
    },
    ask: async (endpoint, input, principal = ada) => {
      const reply = await answerOf([...compliance.routes, ...compliance.agentRoutes], { endpoint, input, principal });
      await store.idle();
      return reply;
    },
    close: async () => {
      await compliance.close();
      await store.close();
    },
  };
}

/** `prod-1` stands in prod. */
export function agentNamed(host: string) {
  return agentOf(host, host.split('-')[0]);
}
