import { missing } from '#base/index.ts';
import { ComplianceFact } from '#compliance/contract.ts';
import { documentText, type Fields } from '#compliance/index.ts';
import { HostFact } from '#inventory/contract.ts';
import { BehaviourFact } from '#runtime/contract.ts';
import { emptyEvidence, mergeEvidence } from '#runtime/index.ts';
import type { Entry } from '../../../tools/demo/recording.ts';

type FactEntry = Extract<Entry, { kind: 'fact' }>;

/** Facts that say how something is now: a later one takes the place of all before it. */
const states: readonly string[] = ['host', 'sensor', 'gate'];

/** The machine of the lab is no host of the estate: that its file system is scanned is left out, as what lies on it is. */
const machine = 'file system of this host';

/**
 * What one host told in one step, with the fewest facts from which the console learns the same. Of states the first and
 * the last are left: an agent tells of each step of a scan. Behaviour of one model is one report at the place of the last.
 * Of the documents of a container or a host that checks judge, those of the end of the step.
 */
export function shorten(entries: readonly FactEntry[]): readonly FactEntry[] {
  return withMergedBehaviour(withLastDocuments(withEndsOfStates(entries.map(withoutMachine))));
}

/** That documents are still the same says nothing here: a step takes an hour of the demo. */
function withLastDocuments(entries: readonly FactEntry[]): readonly FactEntry[] {
  const documents = entries.filter(({ fact }) => fact === 'compliance');
  const last = new Map(documents.map((entry) => [subjectOf(entry), entry]));
  const left = new Set(last.values());
  return entries.filter(
    (entry) => entry.fact !== 'compliance-looked' && (entry.fact !== 'compliance' || left.has(entry)),
  );
}

function subjectOf({ body }: FactEntry): string {
  const { kind, id } = ComplianceFact.parse(body).subject;
  return `${kind} ${id}`;
}

/** The machine's own part of a fact; its name there is not that of the host in the estate. */
export function withoutMachine(entry: FactEntry): FactEntry {
  if (entry.fact === 'compliance') return { ...entry, body: withoutMachineDocuments(entry) as never };
  if (entry.fact !== 'host') return entry;
  const { progress, ...body } = HostFact.parse(entry.body);
  return progress?.current === machine ? { ...entry, body: body as never } : entry;
}

/** Fields of a host's document that tell of what else runs on the machine of the lab. */
const ofMachine = ['listeners', 'mounts'];

function withoutMachineDocuments({ host, body }: FactEntry): ComplianceFact {
  const fact = ComplianceFact.parse(body);
  const { kind } = fact.subject;
  if (kind !== 'host' && kind !== 'engine') return fact;
  const left = missing('the recording of the demo leaves out what else runs on the machine of the lab');
  const documents = fact.documents.map((document) => {
    const fields = JSON.parse(document.text) as Fields;
    const named = ofMachine.filter((name) => name in fields).map((name) => [name, left]);
    return { ...document, text: documentText({ ...fields, ...Object.fromEntries(named) }) };
  });
  return { subject: { ...fact.subject, name: host }, documents };
}

function withEndsOfStates(entries: readonly FactEntry[]): readonly FactEntry[] {
  const ends = new Set(
    [...Map.groupBy(entries, ({ fact }) => fact)].flatMap(([fact, some]) =>
      states.includes(fact) ? [some.at(0), some.at(-1)] : some,
    ),
  );
  return entries.filter((entry) => ends.has(entry));
}

/** Evidence is merged as sets. */
function withMergedBehaviour(entries: readonly FactEntry[]): readonly FactEntry[] {
  const reports = Map.groupBy(entries.filter(isBehaviour), ({ body }) => {
    const { key, containers = [] } = BehaviourFact.parse(body);
    return JSON.stringify([key, containers]);
  });
  const merged = new Map([...reports.values()].map((some) => [some.at(-1), mergedOf(some)]));
  return entries.flatMap((entry) => (isBehaviour(entry) ? (merged.get(entry) ?? []) : [entry]));
}

function isBehaviour({ fact }: FactEntry): boolean {
  return fact === 'behaviour';
}

function mergedOf(entries: readonly FactEntry[]): FactEntry {
  const [first, ...others] = entries;
  if (first === undefined) throw new Error('There is nothing to merge.');
  const facts = [first, ...others].map(({ body }) => BehaviourFact.parse(body));
  const evidence = facts.reduce((sum, fact) => mergeEvidence(sum, fact.evidence), emptyEvidence);
  return { ...first, body: { ...facts[0], evidence } as never };
}
