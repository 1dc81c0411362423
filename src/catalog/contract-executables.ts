import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';

const path = z.string().max(4096);
const name = z.string().max(4096);

/** `other`: may be executed or is called like code, and is none of these. */
export const ExecutableKind = z.enum(['elf', 'script', 'java', 'interpreted', 'other']);
export type ExecutableKind = z.infer<typeof ExecutableKind>;

/** How an ELF file is linked. */
export const ElfLinking = z.object({
  type: z.enum(['executable', 'shared-object', 'other']),
  /** Libraries that it names (DT_NEEDED), in their order. Missing: could not be read. */
  needed: z.array(name).max(1024).optional(),
  soname: name.optional(),
  rpath: name.optional(),
  runpath: name.optional(),
  /** Dynamic loader (PT_INTERP). */
  interpreter: name.optional(),
});
export type ElfLinking = Immutable<z.infer<typeof ElfLinking>>;

/** An executable or code file of an image. */
export const Executable = z.object({
  /** Canonical across links of the image's folders, no leading slash. Each name of a hard-linked file has an entry. */
  path,
  kind: ExecutableKind,
  size: z.int().min(0),
  /** Permission bits. */
  mode: z.int().min(0).max(0o7777),
  /** Hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  /** Index of the layer that holds the file as it is. */
  layer: z.int().min(0),
  /** purl of the package that it belongs to: the operating system's, else the jar or npm package around it. */
  package: line(2048).optional(),
  /** Of ELF files whose header can be read. */
  elf: ElfLinking.optional(),
});
export type Executable = Immutable<z.infer<typeof Executable>>;

const most = 200_000;
const index = z.int().min(0).max(most);

/** Executables of an image, column by column, in the order of their paths: as publications and files carry them. */
export const PackedExecutables = z.object({
  format: z.literal(1),
  /** Whether every layer was read to its end and no limit left one out. */
  isComplete: z.boolean(),
  paths: z.array(path).max(most),
  /** First letter of each kind. */
  kinds: z
    .string()
    .max(most)
    .regex(/^[esjio]*$/),
  sizes: z.array(z.int().min(0)).max(most),
  modes: z.array(z.int().min(0).max(0o7777)).max(most),
  layers: z.array(index).max(most),
  /** base64: 32 bytes of SHA-256 and 16 of MD5 for each. */
  hashes: z.string().max(64 * most),
  /** purls, and for each executable the position of its own there, or -1. */
  packages: z.array(line(2048)).max(most),
  owners: z.array(z.int().min(-1).max(most)).max(most),
  /** How ELF files are linked, and their positions. */
  elf: z.array(ElfLinking).max(most),
  elfRows: z.array(index).max(most),
});
export type PackedExecutables = Immutable<z.infer<typeof PackedExecutables>>;
