import { currentEntries } from './applet-entries.ts';
import { codeFolderOf } from './code-folder.ts';
import type { Fact, Entry, Model, Phase, RuntimeEffect, RuntimeRule } from './contract.ts';
import { isActive, isProtectReady } from './converge.ts';
import { countHours, decodeHours } from './hours.ts';
import constants from './learning-1.json' with { type: 'json' };
import { isTrusted } from './model-index.ts';
import { isPlain, selfStart } from './self-start.ts';
import { isBeingCorroborated } from './settle.ts';

/** A program of the image that may start, and by whom. */
export interface PolicyEdge {
  readonly path: string;
  /** Missing: whichever it runs, of a multi-call program. */
  readonly applet?: string;
  /** Missing: brought in from outside as first program. */
  readonly caller?: string;
  readonly session?: 'exec' | 'health-check';
}

/** What a model lets happen under a rule. */
export interface RuntimePolicy {
  readonly edges: readonly PolicyEdge[];
  /**
   * SHA-256 of what is not the image's and may run. The sensor knows no more of it: it may run as a program and as code,
   * whoever starts it. What a person denied of one of these ways is denied of all.
   */
  readonly contents: readonly string[];
  /** Folders, as `codeFolderOf` names them, whose code a program of the image may run because a person allowed it. */
  readonly folders: readonly { readonly program: string; readonly folder: string }[];
  /** What happens to a program that no edge allows, by phase. `ignore`: it is learned. */
  readonly unlearned: Readonly<Record<Phase, RuntimeEffect>>;
}

/**
 * Model plus what people allowed, less what they denied; and what is being corroborated, which no restart may fail for.
 * `undefined` rule: nothing but learning.
 */
export function policyOf(model: Model, rule: RuntimeRule | undefined): RuntimePolicy {
  const boots = countHours(decodeHours(model.evidence.starts)) < constants.startsForBoot ? 'few' : 'enough';
  const trusted = currentEntries(model.evidence.items).filter(
    (entry) => isTrusted(entry) || isBeingCorroborated(entry, boots),
  );
  return {
    edges: uniqueEdges(
      [...trusted, ...selfStarts(model, trusted)].flatMap(({ fact }) => {
        if (fact.dimension !== 'process' || fact.origin !== undefined || fact.sha256 !== undefined) return [];
        const { path, applet, caller, session } = fact;
        return [
          {
            path,
            ...(applet === undefined ? {} : { applet }),
            ...(caller === undefined ? {} : { caller }),
            ...(session === undefined ? {} : { session }),
          },
        ];
      }),
    ),
    contents: contentsOf(trusted, model),
    folders: foldersOf(trusted, model),
    unlearned: { boot: unlearnedEffect(model, rule, 'boot'), run: unlearnedEffect(model, rule, 'run') },
  };
}

function contentsOf(trusted: readonly Entry[], { evidence }: Model): readonly string[] {
  const denied = new Set(evidence.items.flatMap(({ fact, state }) => (state === 'denied' ? contentOf(fact) : [])));
  return [...new Set(trusted.flatMap(({ fact }) => contentOf(fact)))].filter((sha256) => !denied.has(sha256));
}

/** A file that a person denied takes its folder with it: the sensor knows folders, or content, and not both. */
function foldersOf(trusted: readonly Entry[], { evidence }: Model): RuntimePolicy['folders'] {
  const denied = new Set(
    evidence.items.flatMap(({ fact, state }) =>
      state === 'denied' && fact.dimension === 'file' && fact.kind === 'code-file'
        ? [`${fact.path}\u0000${codeFolderOf(fact.file)}`]
        : [],
    ),
  );
  return trusted.flatMap(({ fact, source }) => {
    if (source !== 'user' || fact.dimension !== 'file' || fact.kind !== 'generated-code') return [];
    const { path: program, folder } = fact;
    return denied.has(`${program}\u0000${folder}`) ? [] : [{ program, folder }];
  });
}

function contentOf(fact: Fact): readonly string[] {
  return 'sha256' in fact && fact.sha256 !== undefined ? [fact.sha256] : [];
}

/** Programs of the image that start themselves again, where a person did not deny it. */
function selfStarts({ evidence }: Model, trusted: readonly Entry[]): readonly Pick<Entry, 'fact'>[] {
  const denied = new Set(
    evidence.items.flatMap(({ fact, state }) => (state === 'denied' ? [selfStart(fact) ?? ''] : [])),
  );
  return trusted.flatMap(({ fact }) => {
    if (fact.dimension !== 'process' || fact.origin !== undefined || fact.session !== undefined) return [];
    const { dimension, path } = fact;
    return isPlain(path) && !denied.has(path) ? [{ fact: { dimension, path, caller: path } }] : [];
  });
}

/**
 * What a rule does about a program that the model lacks. Until the evidence suffices to prevent, it is an alert; a person
 * may have said that an active model is enough, and then one start that was seen is enough for boot.
 */
export function unlearnedEffect(model: Model | undefined, rule: RuntimeRule | undefined, phase: Phase): RuntimeEffect {
  if (model === undefined || rule === undefined || (model.state !== 'active' && model.state !== 'manual'))
    return 'ignore';
  if (rule.process !== 'prevent' && rule.process !== 'block') return rule.process;
  return mayPrevent(model, rule, phase) ? rule.process : 'alert';
}

function mayPrevent({ state, convergence, activatedBy }: Model, { preventFrom }: RuntimeRule, phase: Phase): boolean {
  const { process } = convergence;
  if (state === 'manual' || isProtectReady(process, phase)) return true;
  if (preventFrom !== 'active' || !(isActive(process) || activatedBy !== undefined)) return false;
  return phase === 'run' || (process?.starts ?? 0) > 0;
}

function uniqueEdges(edges: readonly PolicyEdge[]): readonly PolicyEdge[] {
  return [...new Map(edges.map((edge) => [JSON.stringify(Object.entries(edge)), edge])).values()];
}
