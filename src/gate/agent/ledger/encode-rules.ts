import type { Collection } from '#access/contract.ts';
import { isInCollection } from '#access/index.ts';
import type { AdmissionRule, Ledger, SettingsRule } from '#admission/contract.ts';
import { strictestCompliance } from '../answer/with-compliance.ts';
import { kernelFileSystems, usualMasked, usualReadonly } from '#inventory/index.ts';

/** What the runtime wrapper needs to know of its host to judge settings: it looks at files itself. */
export interface WrapperView {
  /** Folder of the engine's data. */
  readonly engineRoot: string;
  /** Sockets by which the host can be ruled. */
  readonly sockets: readonly string[];
  /** Environment of the host by the agent's own option. */
  readonly environment: string | undefined;
}

/** The rules over settings as the compiled ledger carries them, in JSON: `native/runtime-wrapper/settings-answer.c` reads them. */
export interface LedgerRules {
  readonly form: 1;
  readonly host: {
    readonly engineRoot: string;
    readonly sockets: readonly string[];
    readonly kernel: Readonly<Record<string, string>>;
    readonly masked: readonly string[];
    readonly readonly: readonly string[];
  };
  /** Environment of a container, and those that its label may choose instead. */
  readonly place: { readonly environment: string | null; readonly allowed: readonly string[] };
  /** In their order, up to the first that holds for everything on this host. */
  readonly rules: readonly EncodedRule[];
}

interface EncodedRule {
  readonly rule: Pick<AdmissionRule, 'id' | 'version' | 'name'>;
  readonly settings: readonly SettingsRule[];
  /** Any of these collections; missing: everything on this host. */
  readonly scope?: readonly Selects[];
}

type Selects = Omit<Collection['selects'], 'hosts'>;

/** Bytes of all of it, and of one path, that the wrapper takes. */
const most = 1024 * 1024;
const longestPath = 4095;

export interface RulesContext {
  /** How the host is called everywhere. */
  readonly host: string;
  /** Environments that a container's label may choose. */
  readonly environments: readonly string[];
  readonly view: WrapperView;
}

/**
 * `undefined` where the wrapper asks the agent: they are more than it takes, or a compliance rule may refuse a container,
 * whose checks only the agent can decide.
 */
export function encodeRules(ledger: Ledger, { host, environments, view }: RulesContext): LedgerRules | undefined {
  if (strictestCompliance(ledger) === 'block') return undefined;
  const rules: EncodedRule[] = [];
  for (const rule of ledger.rules) {
    const compiled = rule.state === 'on' ? encodedRule(rule, ledger, host) : undefined;
    if (compiled !== undefined) rules.push(compiled);
    if (compiled !== undefined && compiled.scope === undefined) break;
  }
  // A collection that holds the host says more than the agent's option and any label.
  const allowed = ledger.environment === view.environment ? environments : [];
  const { engineRoot, sockets } = view;
  const compiled: LedgerRules = {
    form: 1,
    host: { engineRoot, sockets, kernel: kernelFileSystems, masked: usualMasked, readonly: usualReadonly },
    place: { environment: ledger.environment ?? null, allowed },
    rules,
  };
  return isTooLong(compiled) ? undefined : compiled;
}

/** `undefined` where it never holds on this host. */
function encodedRule(rule: AdmissionRule, ledger: Ledger, host: string): EncodedRule | undefined {
  const { id, version, name, settings, collections } = rule;
  const compiled = { rule: { id, version, name }, settings };
  if (collections === undefined) return compiled;
  const scope = ledger.collections.flatMap(({ id: one, selects: { hosts, ...selects } }): Selects[] => {
    if (!collections.includes(one)) return [];
    const isHere = isInCollection({ selects: hosts === undefined ? {} : { hosts } }, { images: [], labels: {}, host });
    return isHere ? [selects] : [];
  });
  if (scope.length === 0) return undefined;
  const isForAll = scope.some((selects) => Object.values(selects).every((patterns) => (patterns ?? []).length === 0));
  return isForAll ? compiled : { ...compiled, scope };
}

function isTooLong(rules: LedgerRules): boolean {
  const paths = rules.rules.flatMap(({ settings }) =>
    settings.flatMap((one) => (one.kind === 'host-paths' ? one.deny : [])),
  );
  return paths.some((path) => Buffer.byteLength(path) > longestPath) || Buffer.byteLength(JSON.stringify(rules)) > most;
}
