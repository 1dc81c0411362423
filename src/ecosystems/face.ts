/** A name in two: what tells it apart from its neighbours, and what may give way where room is short. */
export interface NameParts {
  readonly own: string;
  readonly origin?: string;
}

/** What a package URL is made of besides its type. */
export interface PurlParts {
  /** Where it is not the ecosystem's own: `generic`. */
  readonly type?: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/** Facts of a package that its URL is made of. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string | undefined;
  /** rpm module, `name:stream:version:context`. */
  readonly module?: string | undefined;
  /** Evidence of an archive whose coordinates are not known. */
  readonly archive?: object | undefined;
}

/** What of an ecosystem everybody may know, pages in a browser too: pure, and without anything of Node. */
export interface Face<Kind extends 'system' | 'language' = 'system' | 'language'> {
  /** Type of its package URLs (package-url specification), and of its packages. */
  readonly id: string;
  /** `system`: its packages make up an operating system and own its files; their distribution speaks for them. */
  readonly kind: Kind;
  /** For people: `Debian package`. */
  readonly label: string;
  splitName(name: string): NameParts;
  /** `vendor`: namespace of the distribution, of system packages whose distribution is known. */
  purl(one: NamedPackage, vendor?: string): PurlParts;
  /** The name as packages of this ecosystem carry it, of a package URL's namespace and name. */
  nameOf(namespace: string, name: string): string;
}

/** A terminal acts on these where somebody pastes them, whatever quotes stand around: a line break sends what stands before it. */
const ofTerminals = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Names come out of images that nobody trusts: what a shell would read as more than one word is quoted, what a program would read
 * as an option becomes a path, which names nothing, and so does what a terminal would act on.
 */
export function quoted(text: string): string {
  const one = text.replaceAll(ofTerminals, '\ufffd');
  const word = one.startsWith('-') ? `./${one}` : one;
  return /^[\w.+:@/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
