/** What is used of WebAssembly. */
interface Engine {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (program: object) => { readonly exports: Running };
}

/** A program that can be called, and its memory. */
export interface Running {
  readonly m: { readonly buffer: ArrayBuffer };
  readonly f: (at: number, until: number) => number;
}

const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: Engine };

/** A program of `programOf`, ready to be called; `undefined`: this machine does not take its instructions. */
export function instanceOf(code: Uint8Array): Running | undefined {
  return engine.validate(code) ? new engine.Instance(new engine.Module(code)).exports : undefined;
}
