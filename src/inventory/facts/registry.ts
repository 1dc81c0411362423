/** What is so of one registry, as one host sees it and as the console keeps of it. */
export interface RegistryShape {
  /** `registry.example:5000`. */
  readonly host: string;
  readonly encryption: RegistryEncryption;
  readonly certificate: RegistryCertificate;
  /** Settings of containerd for this registry; none where there is no file. */
  readonly containerdHosts: readonly ContainerdHosts[];
  /** Addresses that are asked in place of registries: `https://mirror.example`. */
  readonly mirrors: readonly string[];
  /** How it answers someone who shows no password and asks for a manifest. */
  readonly anonymousReads: readonly {
    readonly repository: string;
    readonly answer: AnonymousAnswer;
  }[];
  /** How it answers someone without a password who begins an upload. */
  readonly anonymousWrite: AnonymousAnswer;
  /** How it answers someone without a password who asks which repositories it has. */
  readonly anonymousListing: AnonymousAnswer;
  readonly tagChanges: TagChanges;
  /** Tags under which containers run here, with the digest that ran and the one that the registry has now. */
  readonly deployedTags: readonly DeployedTag[];
  readonly tags: readonly StoredTag[];
  readonly tagVerdicts: readonly TagVerdict[];
  readonly pushGrants: readonly PushGrant[];
  /** Files of users with a password of this or another registry. Never the password. */
  readonly passwordFiles: readonly PasswordFile[];
  /** Its repositories from which images were pulled on this host: `docker.io/library/debian`. */
  readonly pulledFrom: readonly string[];
  /** When it reported its last push or removal, ISO 8601. */
  readonly lastAuditEvent: string;
}

/** `refused`: 401 or 403. `absent`: it has no such thing. */
export type AnonymousAnswer = 'allowed' | 'refused' | 'absent';

export interface RegistryEncryption {
  /** `untrusted`: its chain ends in no authority that this host trusts. */
  readonly tls: 'trusted' | 'untrusted' | 'none';
  /** Ports at which it answers without TLS, other than by sending to an address with TLS. */
  readonly plainPorts: readonly number[];
}

export interface RegistryCertificate {
  /** What was agreed on: `TLSv1.3`. */
  readonly protocol: string;
  /** ISO 8601. */
  readonly validTo: string;
  readonly namesHost: boolean;
}

export interface ContainerdHosts {
  /** Of the file. */
  readonly path: string;
  readonly skipsVerification: boolean;
  /** Every server and host in it. */
  readonly addresses: readonly string[];
}

export interface TagChanges {
  /** Whether it refuses to overwrite tags. */
  readonly areRefused: boolean;
  /** Tags that were seen with another digest than before. */
  readonly seen: readonly { readonly tag: string; readonly from: string; readonly to: string }[];
}

export interface DeployedTag {
  /** `registry.example/shop:1`. */
  readonly name: string;
  readonly deployed: string;
  /** Digest that the registry has now; empty: the tag is gone. */
  readonly current: string;
}

export interface StoredTag {
  readonly name: string;
  /** ISO 8601. */
  readonly pushed: string;
  /** Containers that run of it. */
  readonly running: number;
}

export interface TagVerdict {
  readonly name: string;
  readonly verdict: 'pass' | 'fail' | 'cannot-judge' | 'unscanned';
  /** Set apart, so that nobody takes it for current. */
  readonly isQuarantined: boolean;
}

export interface PushGrant {
  readonly principal: string;
  readonly isAdministrator: boolean;
  /** Patterns of repositories, as the registry writes them. */
  readonly repositories: readonly string[];
}

export interface PasswordFile {
  readonly path: string;
  /** Registries whose password or token it holds in clear. */
  readonly clear: readonly string[];
  /** Permission bits. */
  readonly mode: number;
}
