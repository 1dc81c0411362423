import type { StructLayout, ValueOf } from './layout.ts';
import { WireError } from './layout.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { ancestor } from './structs.ts';
import { mostAncestors } from './words.ts';

/** How one type of frame is read and written. */
export interface FrameForm<Frame> {
  readonly type: number;
  /** Throws `WireError`. */
  decode(payload: Buffer): Frame;
  encode(frame: Frame): Buffer;
}

/** A struct and the texts behind it. */
export function plainFrame<K extends string, Value, T extends string>(
  kind: K,
  [type, layout]: readonly [number, StructLayout<Value>],
  texts: readonly T[],
): FrameForm<{ readonly kind: K } & Value & { readonly [Name in T]: string }> {
  type Frame = { readonly kind: K } & Value & { readonly [Name in T]: string };
  return {
    type,
    decode(payload) {
      const reader = new PayloadReader(payload);
      const frame: Record<string, unknown> = Object.assign({ kind }, reader.take(layout));
      for (const name of texts) frame[name] = reader.takeText();
      reader.end();
      return frame as Frame;
    },
    encode(frame) {
      const writer = new PayloadWriter();
      writer.put(layout, frame);
      for (const name of texts) writer.putText(frame[name]);
      return writer.bytes();
    },
  };
}

/** A process that stands above another one. */
export type WireAncestor = ValueOf<typeof ancestor> & { readonly path: string };

interface WithAncestry {
  readonly ancestors: number;
  readonly ancestry: readonly ValueOf<typeof ancestor>[];
}

type OfProcess<K extends string, Value, T extends string> = { readonly kind: K } & Omit<Value, keyof WithAncestry> & {
    readonly [Name in T]: string;
  } & { readonly ancestors: readonly WireAncestor[] };

/** A struct, its texts, and one text for each ancestor that it counts. `ancestors` are joined with their paths. */
export function processFrame<K extends string, Value extends WithAncestry, T extends string>(
  kind: K,
  [type, layout]: readonly [number, StructLayout<Value>],
  texts: readonly T[],
): FrameForm<OfProcess<K, Value, T>> {
  return {
    type,
    decode(payload) {
      const reader = new PayloadReader(payload);
      const { ancestors: count, ancestry, ...value } = reader.take(layout);
      if (count > mostAncestors) throw new WireError(`${count} ancestors are more than ${mostAncestors}.`);
      const frame: Record<string, unknown> = Object.assign({ kind }, value);
      for (const name of texts) frame[name] = reader.takeText();
      frame['ancestors'] = ancestry.slice(0, count).map((one) => ({ ...one, path: reader.takeText() }));
      reader.end();
      return frame as OfProcess<K, Value, T>;
    },
    encode(frame) {
      const { ancestors } = frame;
      if (ancestors.length > mostAncestors)
        throw new WireError(`${ancestors.length} ancestors are more than ${mostAncestors}.`);
      const writer = new PayloadWriter();
      const nobody = { pid: 0, start: 0n };
      const ancestry = Array.from({ length: mostAncestors }, (_, index) => ancestors[index] ?? nobody);
      const fields: unknown = { ...frame, ancestors: ancestors.length, ancestry };
      writer.put(layout, fields as Value);
      for (const name of texts) writer.putText(frame[name]);
      for (const { path } of ancestors) writer.putText(path);
      return writer.bytes();
    },
  };
}
