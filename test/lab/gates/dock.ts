import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putCollection } from '#access/contract.ts';
import { messageOf } from '#base/index.ts';
import { Ledger, listAdmissionRules, putAdmissionRule } from '#admission/contract.ts';
import { lastComplianceRule, listComplianceRules, putComplianceRule } from '#compliance/contract.ts';
import type { CallInput } from '#http/index.ts';
import { listPolicies, putPolicy } from '#policy/contract.ts';
import type { EngineStore } from '../../make/docker.ts';
import type { MadeImage } from '../../make/image.ts';
import { builtWrapper } from '../../make/wrapper.ts';
import { type Closers, type LabConsole, openLabConsole } from '../lab-console.ts';
import { expectThat, type LabCase, type LabOptions, until } from '../lab.ts';
import { openQuay, type Quay, type QuayOptions } from './quay.ts';

/** What the cases work on: a console, and a host for each way in which engines keep images. */
export interface Dock extends LabConsole {
  readonly armed: boolean;
  readonly quays: readonly Quay[];
  load(quay: Quay, ...images: readonly MadeImage[]): Promise<void>;
  /** Puts the gate in place; nothing, where it is to be off. */
  install(quay: Quay, ...words: readonly string[]): Promise<void>;
  /** Saves the lab's admission rule with these changes, and waits until each host goes by it. */
  rule(changes?: RuleChanges): Promise<void>;
}

type Host = Pick<QuayOptions, 'store' | 'name' | 'environments'>;

const bothStores: readonly Host[] = [{ store: 'docker' }, { store: 'containerd' }];

export async function setUpDock(
  { armed, say }: Pick<LabOptions, 'armed' | 'say'>,
  hosts: readonly Host[] = bothStores,
): Promise<{ readonly world: Dock; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const wrapper = builtWrapper();
    const console = await openLabConsole({ say, closers });
    const stores = hosts.map(({ store }) => store).join(' and ');
    say(`starting hosts of their own: engines with images in the stores of ${stores}, and their agents`);
    const opening = await Promise.allSettled(hosts.map((host) => openQuay({ ...host, console, closers })));
    const quays = opening.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    const world: Dock = {
      ...console,
      armed,
      quays,
      load: async (quay, ...images) => {
        for (const { bytes } of images) {
          const archive = join(console.state, `image-${quay.store}.tar`);
          writeFileSync(archive, bytes);
          await quay.engine.must('load', '-q', '-i', archive);
        }
      },
      rule: (changes = {}) => saveRule(world, changes),
      install: async (quay, ...words) => {
        if (!armed) return;
        const { code, stderr } = await quay.gate('install', '--wrapper', wrapper, ...words);
        expectThat(code === 0, `gate install ended with ${code}: ${stderr}`);
      },
    };
    // What answers an engine outlives its agent.
    closers.push(() => Promise.all(armed ? quays.map((quay) => quay.gate('remove')) : []));
    // Beside other labs an agent takes its time to come up; once it has a ledger, rules arrive as usual.
    for (const quay of quays)
      await until(`the first ledger on ${quay.name}`, async () => ledgerOf(quay) !== undefined, { seconds: 60 });
    await openPolicies(world);
    return { world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type PolicyText = CallInput<typeof putPolicy>['body']['policy'];
type RuleText = Omit<CallInput<typeof putAdmissionRule>['body']['rule'], 'settings' | 'agentAway'>;
type ComplianceText = CallInput<typeof putComplianceRule>['body']['rule'];
/** What a compliance rule says of settings. */
export type RuleSettings = NonNullable<ComplianceText['settings']>;
type RuleChanges = Partial<Omit<RuleText, 'collections'> & Pick<ComplianceText, 'settings' | 'agentAway'>>;

/** Refuses what fails, what nobody knows, and what nobody can judge. */
const strict: RuleText = {
  name: 'Quays',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 30,
  builds: 'allow',
  rogue: 'alert',
};

async function saveRule(
  { ask, quays }: Dock,
  { settings = [], agentAway = 'deny', ...changes }: RuleChanges,
): Promise<void> {
  const over = await saveSettings({ ask }, { settings, agentAway });
  const { rules } = await ask(listAdmissionRules);
  const basedOn = rules.find(({ rule }) => rule.id === 'quays')?.rule.version ?? 0;
  const body = { rule: { ...strict, ...changes }, basedOn };
  const { rule } = await ask(putAdmissionRule, { params: { id: 'quays' }, body });
  const isInForce = (quay: Quay): boolean => {
    const { rules: held, settings: heldSettings = [] } = ledgerOf(quay);
    return (
      held.some(({ id, version }) => id === rule.id && version === rule.version) &&
      heldSettings.some(({ id, version }) => id === over.id && version === over.version) &&
      isWithRuntime(quay)
    );
  };
  for (const quay of quays)
    await until(`version ${rule.version} of the rule on ${quay.name}`, async () => isInForce(quay), { seconds: 20 });
}

/** Puts what is done about settings into the last compliance rule, beside its lines. */
async function saveSettings(
  { ask }: Pick<Dock, 'ask'>,
  said: Pick<ComplianceText, 'settings' | 'agentAway'>,
): Promise<{ readonly id: string; readonly version: number }> {
  const { rules } = await ask(listComplianceRules);
  const last = rules.find(({ rule }) => rule.id === 'default')?.rule;
  const lines = structuredClone(last?.lines ?? []) as ComplianceText['lines'];
  const { name, state, notAssessed, running } = last ?? lastComplianceRule;
  const body = { rule: { name, state, lines, notAssessed, running, ...said }, basedOn: last?.version ?? 0 };
  return (await ask(putComplianceRule, { params: { id: 'default' }, body })).rule;
}

/** Whether the runtime wrapper reads the agent's newest ledger, which is written for it a moment later (`native/include/ledger.h`). */
export function isWithRuntime(quay: Quay): boolean {
  const written = readFileSync(join(quay.state, 'gate/ledger')).readBigUInt64LE(16);
  return Number(written) === ledgerOf(quay).sequence;
}

/** The ledger as the agent keeps it. */
export function ledgerOf({ state }: Quay): Ledger {
  const { ledger } = JSON.parse(readFileSync(join(state, 'gate/ledger.json'), 'utf8')) as { ledger: string };
  return Ledger.parse(JSON.parse(ledger));
}

/** From Medium on in prod, Critical in dev. */
async function openPolicies({ ask, rule }: Dock): Promise<void> {
  await ask(putCollection, {
    params: { id: 'lab-dev' },
    body: { name: 'Dev', description: '', selects: { environments: ['dev'] } },
  });
  await savePolicy({ ask }, 'lab-dev', { name: 'Dev', collections: ['lab-dev'], rules: [severity('critical')] });
  await rule();
}

export type PolicyRule = PolicyText['rules'][number];

export function severity(limit: 'critical' | 'medium'): PolicyRule {
  const threshold = { by: 'severity', severity: limit } as const;
  return { kind: 'severity', threshold, onlyFixed: false, unrated: 'alert', effect: 'block' };
}

/** Saves a policy. */
export async function savePolicy({ ask }: Pick<Dock, 'ask'>, id: string, policy: PolicyText): Promise<void> {
  const { policies } = await ask(listPolicies);
  const basedOn = policies.find(({ policy: { id: one } }) => one === id)?.policy.version ?? 0;
  await ask(putPolicy, { params: { id }, body: { policy, basedOn } });
}

/** Whether a case is tried on one store alone: so it is in the short form. */
const isOnOne = process.env['SEAWALL_LAB_STORES'] === '1';

/** The case as it is in the short form: on the host with this store. Other cases of its kind are tried on the other one. */
export function inShortOn(store: EngineStore | undefined, one: LabCase<Dock>): LabCase<Dock> {
  if (!isOnOne || store === undefined) return one;
  return { ...one, run: (dock) => one.run({ ...dock, quays: dock.quays.filter((quay) => quay.store === store) }) };
}

/** A case that is run on all hosts at once; what it says stands behind the store's name. */
export function onBoth(
  about: Omit<LabCase<Dock>, 'run'>,
  run: (dock: Dock, quay: Quay) => Promise<string | undefined>,
): LabCase<Dock> {
  return { ...about, run: (dock) => onEach(dock, (quay) => run(dock, quay)) };
}

/** Does something on all hosts at once, and waits for all. Throws what went wrong, behind the stores' names. */
export async function onEach(
  { quays }: Dock,
  act: (quay: Quay) => Promise<string | undefined>,
): Promise<string | undefined> {
  const ended = await Promise.allSettled(quays.map(act));
  const reported: string[] = [];
  const wrong: string[] = [];
  for (const [place, { store }] of quays.entries()) {
    const one = ended[place];
    if (one?.status === 'rejected') wrong.push(`${store}: ${messageOf(one.reason)}`);
    else if (one?.value !== undefined) reported.push(`${store} ${one.value}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return reported.length === 0 ? undefined : reported.join('; ');
}
