import type { RuntimeEffect, RuntimeRule } from '../../contract.ts';
import type { RuntimePolicy } from '../../policy-of.ts';
import { isTool } from '../../programs.ts';
import type { BackingFile } from '../image-files/backing-files.ts';
import type { PolicyFrame } from '../wire/policy-frame.ts';
import { fileFlag, policyFlag } from '../wire/words.ts';

/** Files of an image as its containers run them. */
export interface ImageTable {
  readonly files: readonly BackingFile[];
  /** Whether every executable and code file of the image is among them: what is not, is drift. */
  readonly isComplete: boolean;
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
  const files = byInode(table?.files ?? [], rule?.neverLearn ?? []);
  const device = files[0]?.file.device ?? 0;
  // A sensor knows backing inodes by one device; an image that is spread over several is known by its layers alone.
  const isTabled = table?.isComplete === true && files.every(({ file }) => file.device === device);
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
    device,
    images,
    files: isTabled ? files : files.filter(({ file }) => file.device === device),
    edges: model === undefined ? [] : edgesOf(model, table?.files ?? []),
    digests: digestsOf(engineFiles, model).map((sha256) => ({ sha256 })),
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

/** Each file once, with what any of its names asks for; it is a tool when all of them are. */
function byInode(files: readonly BackingFile[], neverLearn: readonly string[]): PolicyText['files'] {
  const found = new Map<bigint, PolicyText['files'][number]>();
  for (const { path, file, flags: plain } of files) {
    const flags = plain | (isTool(path, neverLearn) ? fileFlag.tool : 0);
    const before = found.get(file.inode)?.flags ?? flags;
    found.set(file.inode, { file, flags: ((before | flags) & ~fileFlag.tool) | (before & flags & fileFlag.tool) });
  }
  return [...found.values()];
}

/** Pairs of the image's own files; programs from elsewhere are allowed by their content. */
function edgesOf({ edges }: RuntimePolicy, files: readonly BackingFile[]): PolicyText['edges'] {
  const inodes = new Map(files.map(({ path, file }) => [path, file.inode]));
  const pairs = new Map<string, PolicyText['edges'][number]>();
  for (const { path, caller, sha256 } of edges) {
    const child = sha256 === undefined ? inodes.get(path) : undefined;
    const from = caller === undefined ? 0n : inodes.get(caller);
    if (child !== undefined && from !== undefined) pairs.set(`${child} ${from}`, { child, caller: from });
  }
  return [...pairs.values()];
}

function digestsOf(engineFiles: readonly string[], model: RuntimePolicy | undefined): readonly Buffer[] {
  const outside = model?.edges.flatMap(({ sha256 }) => sha256 ?? []) ?? [];
  const all = new Set([...engineFiles, ...outside, ...(model?.codeFiles ?? [])]);
  return [...all].toSorted().map((sha256) => Buffer.from(sha256, 'hex'));
}
