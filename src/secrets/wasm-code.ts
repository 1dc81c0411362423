/** Instructions of WebAssembly, as bytes. */
export type Code = readonly number[];

export const i32 = 0x7f;
export const v128 = 0x7b;
const end = 0x0b;

/** A program of one function of two numbers that gives one, exported as `f`, and its memory, exported as `m`. */
export interface Program {
  /** Of 64 KiB each. */
  readonly pages: number;
  readonly locals: Code;
  readonly body: Code;
}

export function programOf({ pages, locals, body }: Program): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 2, i32, i32, 1, i32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...sized([...locals, ...body, end])]),
  ]);
}

export const isAtLeast: Code = [0x4f];
export const add: Code = [0x6a];
export const both = simd(0x4e);
export const either = simd(0x50);

export function simd(code: number): Code {
  return [0xfd, ...unsigned(code)];
}

export function bytes128(bytes: Code): Code {
  return [...simd(0x0c), ...bytes];
}

export function get(local: number): Code {
  return [0x20, local];
}

export function set(local: number): Code {
  return [0x21, local];
}

export function constant(value: number): Code {
  return [0x41, ...signed(value)];
}

export function load128(offset: number, address: Code): Code {
  return [...address, ...simd(0), 0, ...unsigned(offset)];
}

export function block(codes: Code): Code {
  return [0x02, 0x40, ...codes, end];
}

export function loop(codes: Code): Code {
  return [0x03, 0x40, ...codes, end];
}

export function leaveIf(depth: number): Code {
  return [0x0d, depth];
}

export function again(depth: number): Code {
  return [0x0c, depth];
}

/** LEB128. */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function section(id: number, bytes: Code): Code {
  return [id, ...sized(bytes)];
}

function sized(bytes: Code): Code {
  return [...unsigned(bytes.length), ...bytes];
}

function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
