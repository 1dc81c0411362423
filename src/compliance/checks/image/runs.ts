import type { ImageStep } from '#catalog/index.ts';
import { type Pipeline, pipelinesOf, programOf } from './shell-commands.ts';

/** A step that ran something. */
export interface Run {
  /** Its place in the history, from 0. */
  readonly at: number;
  readonly isBase: boolean;
  readonly text: string;
  readonly pipelines: readonly Pipeline[];
  /** Commands of all pipelines, and of scripts that are handed to a shell as one word. */
  readonly commands: readonly (readonly string[])[];
}

/** Steps that ran something; a builder that writes no instructions may have run the line that it wrote. */
export function runsOf(steps: readonly ImageStep[]): readonly Run[] {
  return steps.flatMap(({ instruction, text, isBase }, at) => {
    if (instruction !== undefined && instruction !== 'RUN') return [];
    const pipelines = withScripts(pipelinesOf(text), mostNested);
    return [{ at, isBase, text, pipelines, commands: pipelines.flat() }];
  });
}

/** Scripts in scripts that are looked into. */
const mostNested = 3;

/** Adds what `sh -c "…"` and `eval "…"` run. */
function withScripts(pipelines: readonly Pipeline[], depth: number): readonly Pipeline[] {
  if (depth === 0) return pipelines;
  const inner = pipelines.flat().flatMap((words) => scriptsOf(words).flatMap((script) => pipelinesOf(script)));
  return inner.length === 0 ? pipelines : [...pipelines, ...withScripts(inner, depth - 1)];
}

function scriptsOf(words: readonly string[]): readonly string[] {
  if (programOf(words) === 'eval') return [words.slice(1).join(' ')];
  if (!/^(?:ba|da|z|k|a)?sh$/.test(programOf(words))) return [];
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = at === -1 ? undefined : words[at + 1];
  return script === undefined ? [] : [script];
}

/** Whether a command has this program and one of these words. */
export function calls(words: readonly string[], program: RegExp, word: RegExp): boolean {
  return program.test(programOf(words)) && words.slice(1).some((one) => word.test(one));
}

/** People count from 1. */
export function shownStep(at: number): string {
  return `step ${at + 1}`;
}
