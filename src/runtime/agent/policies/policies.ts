import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import type { ContainerFact } from '#inventory/contract.ts';
import type { Model, Phase, RuntimeRule } from '../../contract.ts';
import { type WantedKey, wantedIdOf } from '../../model-id.ts';
import { policyOf } from '../../policy-of.ts';
import type { AskedPolicy } from '../containers/armed-fact.ts';
import { compilePolicy, type ImageTable, type PolicyText } from './compile-policy.ts';
import { agentKey, exempt } from './exempt.ts';
import { defaultKey, type SensorPolicies } from './sensor-policies.ts';

export interface PoliciesOptions {
  readonly desk: SensorPolicies;
  readonly table: (digest: ImageDigest) => Promise<PlacedTable | undefined>;
  /** Gives up the tables of all other images; called when no policy names them any more. */
  readonly keepTables: (digests: ReadonlySet<ImageDigest>) => void;
  readonly model: (id: string) => Model | undefined;
  /** The rule that holds for a container or image. */
  readonly rule: (
    what: Pick<Selectable, 'images' | 'labels'> & { readonly environment?: string },
  ) => RuntimeRule | undefined;
  /** The environment that a label chose, where labels choose. */
  readonly chosen: (label: string | undefined) => string | undefined;
  /** SHA-256 of what the engine brings into containers. */
  readonly engineFiles: () => readonly string[];
  /** Phase of a container; `boot` for one that does not run yet. */
  readonly phase: (id: string) => Phase;
  /** Called when other policies are asked for than before. */
  readonly asked: () => void;
  /** Told where an image is used, before its table is asked for. */
  readonly placed: (digest: ImageDigest, imageId: string, container: string) => void;
  /** The container that the agent runs in; missing: it runs in none. */
  readonly ownContainer?: string | undefined;
  readonly log: Log;
}

/** The table of an image, and why the sensor has none of it. */
export interface PlacedTable extends ImageTable {
  readonly problem?: string | undefined;
}

/** What policies are made of, of a container. */
export interface PolicySubject {
  readonly fact: Pick<
    ContainerFact,
    'id' | 'name' | 'state' | 'image' | 'subject' | 'labels' | 'command' | 'environment' | 'incomplete'
  >;
}

/** A container that is there, running or not. */
interface Placed {
  readonly id: string;
  readonly container: PolicySubject;
  readonly digest: ImageDigest;
  readonly key: WantedKey;
}

interface Given {
  readonly key: string;
  readonly rule: RuntimeRule | undefined;
  readonly problem: string | undefined;
}

/** Milliseconds for which a container that was let start is expected, until the engine describes it. */
const longestExpected = 120_000;

const isUp: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/** Keeps the sensor's policies those that rules, models and images ask for. */
export class Policies {
  readonly #options: PoliciesOptions;
  readonly #containers = new Map<string, DescribedContainer>();
  /** Those that start, and that the engine has not described: while it starts one, it answers nothing about it. */
  readonly #expected = new Map<string, { readonly subject: PolicySubject; readonly until: number }>();
  /** The policy that each container was given last, the rule that it was made of, and why its image has no table. */
  readonly #given = new Map<string, Given>();
  #work: Promise<void> = Promise.resolve();
  #isDue = false;

  constructor(options: PoliciesOptions) {
    this.#options = options;
    // A sensor that starts again asks before the engine has described the container.
    if (options.ownContainer !== undefined) exempt(options.desk, options.ownContainer);
  }

  /** Takes in what the engine says of a container. Its policy is there before it starts, as far as this host is quick. */
  describe(container: DescribedContainer): void {
    const { id, state } = container.fact;
    const before = this.#containers.get(id);
    const known = withSubject(container, before);
    this.#expected.delete(id);
    if (state === 'removed') {
      this.#forget(id);
    } else {
      this.#containers.set(id, known);
      if (before?.fact.subject === known.fact.subject && before?.fact.name === container.fact.name) return;
    }
    this.refresh();
  }

  /** A container is about to be made, by the gate's word. Its policy is there before its first program, whatever the engine says of it. */
  expect(subject: PolicySubject): void {
    const { id } = subject.fact;
    const there = this.#containers.get(id);
    if (there === undefined) this.#expected.set(id, { subject, until: performance.now() + longestExpected });
    else if (there.fact.subject === undefined) this.#containers.set(id, withSubject(there, subject));
    this.refresh();
  }

  /** Something changed that policies are made of. */
  refresh(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#work = this.#work.then(async () => {
      this.#isDue = false;
      await this.#compileAll().catch((error: unknown) => {
        this.#options.log.error({ error: messageOf(error) }, 'Policies could not be made.');
      });
    });
  }

  /** Forgets containers that the engine has no more: their end was missed. */
  async prune(describe: (id: string) => Promise<DescribedContainer | undefined>): Promise<void> {
    for (const [id, { fact }] of this.#containers) {
      if (fact.state === 'running' || (await describe(id)) !== undefined) continue;
      this.#forget(id);
    }
  }

  /** Containers that run, as the engine said last. */
  running(): readonly string[] {
    return [...this.#containers.values()].flatMap(({ fact: { id, state } }) => (isUp.has(state) ? [id] : []));
  }

  /** What the configuration asks for in a container; `undefined` while the engine has not described it. */
  asked(id: string): AskedPolicy | undefined {
    const container = this.#containers.get(id) ?? this.#expected.get(id)?.subject;
    if (container === undefined) return undefined;
    const given = this.#given.get(id);
    if (given === undefined) return { rule: this.#ruleOf(container), sent: undefined };
    const { key, rule, problem } = given;
    if (key === agentKey) return { rule: undefined, isAgent: true, sent: this.#options.desk.sent(key) };
    return { rule, sent: this.#options.desk.sent(key), ...(problem !== undefined && { problem }) };
  }

  #forget(id: string): void {
    this.#containers.delete(id);
    this.#expected.delete(id);
    this.#given.delete(id);
    this.#options.desk.release(id);
  }

  /** Resolves when all that is due is made. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Models of the containers that are there and whose entrypoint is known. */
  models(): readonly WantedKey[] {
    const known = this.#placed().filter(({ key }) => key.entrypoint.length > 0);
    const keys = new Map(known.map(({ key }) => [wantedIdOf(key), key]));
    return [...keys.values()];
  }

  async #compileAll(): Promise<void> {
    const { desk, rule, ownContainer } = this.#options;
    const used = new Set<string>([defaultKey, ...(ownContainer === undefined ? [] : [agentKey])]);
    desk.put(defaultKey, this.#compile({ rule: rule({ images: [], labels: {} }), phase: 'run' }));
    const images = Map.groupBy(this.#placed(), ({ digest }) => digest);
    for (const [digest, containers] of images)
      for (const key of await this.#compileImage(digest, containers)) used.add(key);
    for (const key of desk.keys()) if (!used.has(key)) desk.drop(key);
    this.#options.keepTables(new Set(images.keys()));
    this.#options.asked();
  }

  /** The image's own policy, which knows no model, and those of containers that differ from it. Answers their keys. */
  async #compileImage(digest: ImageDigest, containers: readonly Placed[]): Promise<readonly string[]> {
    const { desk, table: tableOf, rule, placed } = this.#options;
    for (const { id, container } of containers) placed(digest, container.fact.image.id, id);
    const table = await tableOf(digest);
    const facts = containers.map(({ container }) => container.fact);
    const images = [...new Set([digest, ...facts.map(({ image }) => image.id)])].toSorted();
    const names = [...new Set(facts.map(({ image }) => image.name))];
    const imageKey = `image ${digest}`;
    // Without a model: that of one entrypoint would refuse what another one is there for.
    const forImage = this.#compile({ images, table, rule: rule({ images: names, labels: {} }), phase: 'boot' });
    desk.put(imageKey, forImage);
    const used = [imageKey];
    for (const placed of containers) used.push(this.#place(placed, { table, forImage, imageKey }));
    return used;
  }

  /** Gives a container the policy of its entrypoint, rule and phase, where it is another than its image's. */
  #place({ id, key, container }: Placed, { table, forImage, imageKey }: OfImage): string {
    const { desk, model, phase } = this.#options;
    // It went while the policies before it were made: what is kept of it now, nobody would give up.
    if (!this.#containers.has(id) && !this.#expected.has(id)) return imageKey;
    if (id === this.#options.ownContainer) return this.#placeAgent(id);
    const holds = this.#ruleOf(container);
    const now = phase(id);
    const modelId = wantedIdOf(key);
    const text = this.#compile({ table, rule: holds, phase: now, model: model(modelId) });
    const isSame = sameBut(text, forImage);
    const own = isSame ? imageKey : `model ${modelId} ${holds?.id ?? ''} ${now}`;
    if (!isSame) desk.put(own, text);
    if (!isSame || desk.assignedTo(id) !== undefined) desk.assign(id, own);
    this.#given.set(id, { key: own, rule: holds, problem: table?.problem });
    return own;
  }

  #placeAgent(id: string): string {
    exempt(this.#options.desk, id);
    this.#given.set(id, { key: agentKey, rule: undefined, problem: undefined });
    return agentKey;
  }

  #ruleOf({ fact: { image, labels, environment } }: PolicySubject): RuntimeRule | undefined {
    return this.#options.rule({ images: [image.name], labels, ...(environment !== undefined && { environment }) });
  }

  #compile(source: {
    readonly images?: readonly string[];
    readonly table?: ImageTable | undefined;
    readonly rule: RuntimeRule | undefined;
    readonly phase: Phase;
    readonly model?: Model | undefined;
  }): PolicyText {
    const { images = [], table, rule, phase, model } = source;
    return compilePolicy({
      images,
      table,
      rule,
      phase,
      engineFiles: this.#options.engineFiles(),
      ...(model !== undefined && { model: policyOf(model, rule) }),
    });
  }

  #placed(): readonly Placed[] {
    const now = performance.now();
    for (const [id, { until }] of this.#expected) if (until < now) this.#forget(id);
    const expected = [...this.#expected.values()].map(({ subject }) => subject);
    return [...this.#containers.values(), ...expected].flatMap((container) => {
      const { id, subject, command, environment } = container.fact;
      const chosen = this.#options.chosen(environment);
      if (subject === undefined || container.fact.incomplete === true) return [];
      const digest = subject as string as ImageDigest;
      return [{ id, container, digest, key: { digest, entrypoint: command, chosen } }];
    });
  }
}

/** An engine that has just started says what runs before it says of what image: that is what it was. */
function withSubject(container: DescribedContainer, before: PolicySubject | undefined): DescribedContainer {
  const { fact } = container;
  const was = before?.fact;
  if (fact.subject !== undefined || was?.subject === undefined || was.image.id !== fact.image.id) return container;
  return { ...container, fact: { ...fact, subject: was.subject } };
}

/** The policy of an image, beside which those of its containers are made. */
interface OfImage {
  readonly table: PlacedTable | undefined;
  readonly forImage: PolicyText;
  readonly imageKey: string;
}

/** Whether two policies of one image say the same to the containers that have them. */
function sameBut(one: PolicyText, other: PolicyText): boolean {
  const said = ({ tools, edges, digests, folders, ...head }: PolicyText): string =>
    [
      JSON.stringify({ ...head, images: [] }),
      ...tools.map(({ inode }) => `tool ${inode}`),
      ...edges.map(({ child, caller, applet }) => `${child} ${caller} ${applet}`).toSorted(),
      ...digests.map(({ sha256 }) => sha256.toString('hex')),
      ...folders.map(({ program, folder }) => `${program} ${folder}`).toSorted(),
    ].join('\n');
  return said(one) === said(other);
}
