import { z } from 'zod';
import { counted } from '#base/index.ts';
import { PackageType } from '#catalog/contract.ts';
import { line } from '#http/fields.ts';
import { ruleFace } from '#rules/contract.ts';
import { Effect } from '../../contract-effect.ts';
import { effectChoices, effectInWords } from '../../contract-words.ts';

/** Packages that must not be there. */
export const packages = ruleFace({
  setting: z.object({
    kind: z.literal('package'),
    deny: z
      .array(
        z.object({
          type: PackageType.optional(),
          /** Pattern; `*` stands for any run of characters. */
          name: line(512).min(1),
          /** Versions below it are denied; missing: every version. In the order of the package's ecosystem. */
          below: line(512).optional(),
          why: line(500).default(''),
        }),
      )
      .min(1)
      .max(500),
    effect: Effect,
  }),
  name: 'Packages',
  about: 'forbidden packages',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    deny: {
      label: 'Forbidden packages',
      help: 'In names * stands for any run of characters. Versions are compared as their ecosystem does.',
      item: 'package',
      missing: 'Name a package.',
      start: { name: '', why: '' },
      fields: {
        type: { label: 'Kind', control: 'package-type' },
        name: {
          label: 'Package',
          form: 'code',
          example: '*log4j-core',
          missing: 'The name of the package is missing.',
        },
        below: { label: 'Below version', form: 'code', example: 'every version' },
        why: { label: 'Why' },
      },
    },
  },
  beginning: { kind: 'package', deny: [{ name: '', why: '' }], effect: 'block' },
  sentence: ({ effect, deny }) => {
    const more = deny.length > mostNamed ? ` and ${counted(deny.length - mostNamed, 'other package')}` : '';
    return `${effectInWords(effect)} ${deny.slice(0, mostNamed).map(packageInWords).join(', ')}${more}`;
  },
});

const mostNamed = 3;

interface Denied {
  readonly name: string;
  readonly type?: string | undefined;
  readonly below?: string | undefined;
}

function packageInWords({ name, type, below }: Denied): string {
  return `${name}${below === undefined ? '' : ` below ${below}`}${type === undefined ? '' : ` (${type})`}`;
}
