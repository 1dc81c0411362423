import type { OpenApiDocument } from '#http/index.ts';
import type { PlacedOperation } from './open-api-rules.ts';
import { sampleOf } from './role-matrix.ts';

/** A value as it stands in an address, and what a console has to make of it. */
export interface OddValue {
  readonly name: string;
  /** Percent-encoded. */
  readonly written: string;
  /** `refused`: nothing can mean it. `any`: everything but a fault of the console. */
  readonly wanted: 'refused' | 'any';
}

export const oddValues: readonly OddValue[] = [
  { name: 'NUL', written: '%00', wanted: 'refused' },
  { name: 'NUL in a text', written: 'a%00b', wanted: 'refused' },
  { name: 'half a surrogate pair', written: '%ED%A0%80', wanted: 'any' },
  { name: 'no UTF-8', written: '%FF', wanted: 'any' },
  { name: 'a number beyond int4', written: '2147483648', wanted: 'any' },
  { name: 'a number beyond int8', written: '9223372036854775808', wanted: 'any' },
  { name: 'the largest exact number', written: '9007199254740991', wanted: 'any' },
  { name: 'a number beyond all', written: '1e400', wanted: 'any' },
  { name: 'a negative number', written: '-2147483649', wanted: 'any' },
  { name: 'a long text', written: 'x'.repeat(8_000), wanted: 'any' },
  { name: 'a long text of two bytes each', written: '%C3%A9'.repeat(1_000), wanted: 'any' },
  { name: 'nothing', written: '', wanted: 'any' },
  { name: 'wildcards and quotes', written: `%25_%5C'%22%3B--`, wanted: 'any' },
  { name: 'a name of every object', written: '__proto__', wanted: 'any' },
];

/** Addresses of an operation, each with one odd value in the place of one parameter. */
export function oddAddresses(
  { path, parameters }: PlacedOperation,
  document: OpenApiDocument,
): readonly { readonly address: string; readonly reported: string; readonly value: OddValue }[] {
  return parameters.flatMap((odd) =>
    oddValues.map((value) => {
      let filled = path;
      const query: string[] = [];
      for (const one of parameters) {
        const written = one === odd ? value.written : encodeURIComponent(sampleOf(one.schema, document));
        if (one.in === 'path') filled = filled.replace(`{${one.name}}`, () => written);
        else if (one.required || one === odd) query.push(`${one.name}=${written}`);
      }
      const address = query.length === 0 ? filled : `${filled}?${query.join('&')}`;
      return { address, reported: `${odd.in} ${odd.name} = ${value.name}`, value };
    }),
  );
}
