/** A metric as data: the program makes it of this, and `docs/reference/metrics.md` too. */
export interface Metric {
  /** By the conventions of Prometheus: base units, `_total` for what only grows. */
  readonly name: `seawall_${string}`;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  /** Names of labels, each with the values that it may have: never the name of an image, a host or a person. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** A value at the moment when it is asked for. */
export interface Sample<Name extends string = string> {
  readonly name: Name;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}
