/** What a builder did in one step, without what it writes around that. */
export interface ParsedStep {
  /** Missing: no builder of Dockerfiles wrote the line. */
  readonly instruction?: string;
  readonly text: string;
}

const instructions = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
];
const written = new RegExp(`^(${instructions.join('|')})(?:\\s+|$)`);
const buildkitMark = '# buildkit';
const nopMark = /^\S+(?:\s+\S+){0,4}?\s+#\(nop\)\s+/;
/** A shell with its options, up to what it runs: `/bin/bash -eo pipefail -c `. */
const shell = String.raw`\/\S*sh(?:\s+-\S+(?:\s+pipefail)?)*?\s+-[a-z]*c\s+`;
const shellFirst = new RegExp(`^${shell}`);
const shellLater = new RegExp(String.raw`\s${shell}`);
const countedArguments = /^\|(\d+)\s/;

/**
 * Reads a line of an image's history. BuildKit writes `RUN |1 A=b /bin/sh -c make # buildkit` and `COPY . . # buildkit`, the
 * classic builder `/bin/sh -c make`, `|1 A=b /bin/sh -c make` and `/bin/sh -c #(nop) ADD file:… in /`; podman and buildah
 * write both.
 */
export function parseBuildStep(createdBy: string): ParsedStep {
  const line = withoutMark(createdBy.trim());
  const nop = nopMark.exec(line);
  const plain = nop === null ? line : line.slice(nop[0].length).trim();
  const instruction = written.exec(plain)?.[1];
  if (instruction === 'RUN') return { instruction, text: commandOf(plain.slice('RUN'.length).trim()) };
  if (instruction !== undefined) return { instruction, text: plain.slice(instruction.length).trim() };
  const isCommand = nop === null && (shellFirst.test(plain) || countedArguments.test(plain));
  return isCommand ? { instruction: 'RUN', text: commandOf(plain) } : { text: plain };
}

/** Without a pattern: one that looks for white space before the mark takes seconds for a line of white space. */
function withoutMark(line: string): string {
  const before = line.endsWith(buildkitMark) ? line.slice(0, -buildkitMark.length) : line;
  const rest = before.trimEnd();
  return rest === before ? line : rest;
}

/** Takes the values of build arguments and the shell off: `|2 A=b C=d e /bin/sh -c make` → `make`. */
function commandOf(text: string): string {
  const count = countedArguments.exec(text)?.[1];
  const found = (count === undefined ? shellFirst : shellLater).exec(text);
  if (found !== null) return text.slice(found.index + found[0].length).trim();
  return count === undefined ? text : withoutArguments(text, Number(count));
}

/** A command without a shell; where a value has spaces, nobody can tell where it ends, and the rest of it stays. */
function withoutArguments(text: string, count: number): string {
  const words = text.split(/\s+/).slice(1);
  const values = words.slice(0, count).filter((word) => word.includes('=')).length;
  return words.slice(values).join(' ');
}

/** Whether the step lays down the file system of a distribution, as the first layer of an image that stands on nothing. */
export function isRootFileSystem({ instruction, text }: ParsedStep): boolean {
  if (instruction === undefined) return true;
  return instruction === 'ADD' && (/^\S+ in \/$/.test(text) || /^\S+\s+\/$/.test(text));
}
