/** What of OSCAL 1.2.1 the documents here share. Members have the names of the standard. */
export const oscalVersion = '1.2.1';

export interface Property {
  readonly name: string;
  readonly ns: string;
  readonly value: string;
}

export interface Origin {
  readonly actors: readonly { readonly type: 'tool'; readonly 'actor-uuid': string }[];
}

export interface Observation {
  readonly uuid: string;
  readonly title: string;
  readonly description: string;
  readonly props: readonly Property[];
  readonly methods: readonly ('TEST' | 'EXAMINE' | 'UNKNOWN')[];
  readonly types: readonly string[];
  readonly origins: readonly Origin[];
  readonly subjects?: readonly { readonly 'subject-uuid': string; readonly type: 'inventory-item' }[];
  readonly 'relevant-evidence'?: readonly { readonly href: string; readonly description: string }[];
  readonly collected: string;
  readonly expires?: string;
  readonly remarks?: string;
}

export interface Risk {
  readonly uuid: string;
  readonly title: string;
  readonly description: string;
  readonly statement: string;
  readonly status: 'open' | 'deviation-approved';
  readonly origins: readonly Origin[];
  readonly characterizations?: readonly object[];
  readonly deadline: string;
  readonly remediations?: readonly object[];
  readonly 'related-observations': readonly { readonly 'observation-uuid': string }[];
}

/** A file of the package, as OSCAL refers to it. */
export interface Resource {
  readonly uuid: string;
  readonly title: string;
  readonly description?: string;
  readonly rlinks?: readonly {
    readonly href: string;
    readonly 'media-type': string;
    readonly hashes: readonly { readonly algorithm: 'SHA-256'; readonly value: string }[];
  }[];
  readonly remarks?: string;
}
