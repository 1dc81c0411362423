import { appletNumber } from '../../applet.ts';
import type { RuntimeEffect, RuntimeRule } from '../../contract.ts';
import type { RuntimePolicy } from '../../policy-of.ts';
import type { PolicyFrame } from '../wire/policy-frame.ts';
import { policyFlag } from '../wire/words.ts';

/** Files of an image as its containers run them. */
export interface ImageTable {
  /** Under which the sensor has it; 0: it has none. */
  readonly number: number;
  /** Whether every executable and code file of the image is among them: what is not, is drift. */
  readonly isComplete: boolean;
  /** Backing inode of a file, by its path in containers. */
  inodeOf(path: string): bigint | undefined;
  /** Whether a file is a multi-call program, so that the sensor reads its applets. */
  hasApplets(inode: bigint): boolean;
  /** SHA-256 of the libraries inside the image's archives: its programs unpack and load them. */
  readonly packedLibraries: readonly string[];
  /** Inodes of tools that are never learned, those of these names included. */
  tools(neverLearn: readonly string[]): readonly bigint[];
}

export interface PolicySource {
  /** Ids under which the engine may name the image; none: containers are assigned. */
  readonly images: readonly string[];
  readonly rule: RuntimeRule | undefined;
  readonly table: ImageTable | undefined;
  /** What the model of an entrypoint allows; missing: programs of the image are not judged by a model. */
  readonly model?: RuntimePolicy;
  readonly phase: 'boot' | 'run';
  /** SHA-256 of what the engine itself brings into containers. */
  readonly engineFiles: readonly string[];
}

/** A policy without the number and version that it is sent under. */
export type PolicyText = Omit<PolicyFrame, 'policy' | 'version'>;

/** What the sensor is told of an image, or of one entrypoint of it. Pure. */
export function compilePolicy(source: PolicySource): PolicyText {
  const { images, rule, table, model, phase, engineFiles } = source;
  const isTabled = table?.isComplete === true && table.number !== 0;
  const unlearned = model?.unlearned[phase] ?? 'ignore';
  const isModelled = isTabled && model !== undefined && unlearned !== 'ignore';
  return {
    kind: 'policy',
    flags:
      (isTabled ? policyFlag.tabled : 0) |
      (isModelled ? policyFlag.modelled : 0) |
      (rule?.execSessions === 'record' ? policyFlag.skipExecSessions : 0),
    driftEffect: wireEffect(rule?.drift ?? 'alert'),
    codeEffect: wireEffect(rule?.code ?? 'alert'),
    modelEffect: wireEffect(unlearned),
    toolEffect: isPrevented(rule?.process) ? 'prevent' : 'ignore',
    table: table?.number ?? 0,
    images,
    tools: (table?.tools(rule?.neverLearn ?? []) ?? []).map((inode) => ({ inode })),
    edges: model === undefined || table === undefined ? [] : edgesOf(model, table),
    digests: digestsOf(engineFiles, table?.packedLibraries ?? [], model?.contents ?? []),
    folders: model === undefined || table === undefined ? [] : foldersOf(model, table),
  };
}

/** `block` prevents, and the agent ends the container. */
function wireEffect(effect: RuntimeEffect): PolicyFrame['driftEffect'] {
  return effect === 'block' ? 'prevent' : effect;
}

/** Tools that are never learned are refused from the first second where the rule prevents; else they are told alone. */
function isPrevented(effect: RuntimeEffect | undefined): boolean {
  return effect === 'prevent' || effect === 'block';
}

/**
 * Pairs of the image's own files; programs from elsewhere are allowed by their content. Where the kernel can tell the applet
 * an edge holds for that alone; modules and classes of interpreters it cannot tell.
 */
function edgesOf({ edges }: RuntimePolicy, table: ImageTable): PolicyText['edges'] {
  const pairs = new Map<string, PolicyText['edges'][number]>();
  for (const { path, applet, caller } of edges) {
    const child = table.inodeOf(path);
    const from = caller === undefined ? 0n : table.inodeOf(caller);
    if (child === undefined || from === undefined) continue;
    const number = applet !== undefined && table.hasApplets(child) ? appletNumber(applet) : 0n;
    pairs.set(`${child} ${from} ${number}`, { child, caller: from, applet: number });
  }
  return [...pairs.values()];
}

/** Of programs of the image alone: of others the sensor could not tell who they are. */
function foldersOf({ folders }: RuntimePolicy, table: ImageTable): PolicyText['folders'] {
  return folders.flatMap(({ program, folder }) => {
    const inode = table.inodeOf(program);
    return inode === undefined ? [] : [{ program: inode, folder }];
  });
}

function digestsOf(...lists: readonly (readonly string[])[]): PolicyText['digests'] {
  return [...new Set(lists.flat())].toSorted().map((sha256) => ({ sha256: Buffer.from(sha256, 'hex') }));
}
