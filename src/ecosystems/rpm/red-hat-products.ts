/** Products that go on with a minor release, as labels of content sets call them and as CPEs do. */
const extended = { eus: 'rhel_eus', e4s: 'rhel_e4s', aus: 'rhel_aus', tus: 'rhel_tus' } as const;

/** As CPEs call them. */
export const extendedProducts: readonly string[] = Object.values(extended);

/** What content sets say of the products that an image draws from. */
export interface DrawnFrom {
  /** Extended products of minor releases: `rhel_eus:9.2`. Without a minor release it is that of the image. */
  readonly extended: ReadonlySet<string>;
  /** It draws from the main stream too, whose packages are for whatever minor release is the newest. */
  readonly hasMain: boolean;
}

/**
 * `rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2`, `codeready-builder-for-rhel-9-x86_64-eus-rpms`, `ubi-9-appstream-rpms`:
 * labels of Red Hat's content delivery, by the rules that its mapping of repositories to CPEs follows.
 */
export function drawnFrom(contentSets: readonly string[], release: string): DrawnFrom {
  const known = drawn.get(contentSets);
  if (known?.release === release) return known.from;
  const from = readLabels(contentSets, release);
  drawn.set(contentSets, { release, from });
  return from;
}

/** Each package of an image asks, of the same list. */
const drawn = new WeakMap<readonly string[], { readonly release: string; readonly from: DrawnFrom }>();
const layered = new WeakMap<readonly string[], readonly string[]>();

function readLabels(contentSets: readonly string[], release: string): DrawnFrom {
  const found = new Set<string>();
  let hasMain = false;
  for (const label of contentSets) {
    const [, kind, major, minor] = systemLabel.exec(label) ?? [];
    if (kind !== undefined && isExtended(kind))
      found.add(`${extended[kind]}:${major === undefined ? release : `${major}.${minor}`}`);
    else if (/^(?:rhel|ubi)-\d|^codeready-builder-for-(?:rhel|ubi)-/.test(label)) hasMain = true;
  }
  return { extended: found, hasMain };
}

const systemLabel =
  /^(?:rhel-\d+-|codeready-builder-for-rhel-).*-(eus|e4s|aus|tus)-(?:source-|debug-)?rpms(?:__(\d+)_DOT_(\d+)\b.*)?$/;

function isExtended(kind: string): kind is keyof typeof extended {
  return Object.hasOwn(extended, kind);
}

/**
 * Ecosystems of products besides the operating system, for those whose labels say it by themselves: of the others, such as
 * `oadp-1-for-rhel-9-x86_64-rpms` with the CPEs of many versions, only Red Hat's whole mapping tells.
 */
export function layeredProducts(contentSets: readonly string[]): readonly string[] {
  const known = layered.get(contentSets) ?? productsOf(contentSets);
  layered.set(contentSets, known);
  return known;
}

/** More than any image draws from; each costs a question for each package. */
const mostProducts = 50;

function productsOf(contentSets: readonly string[]): readonly string[] {
  const found = contentSets.flatMap((label) => {
    const [, name, version, major] = /^([a-z-]+)-(\d+(?:\.\d+)?)-for-rhel-(\d+)-/.exec(label) ?? [];
    const product = name !== undefined && Object.hasOwn(products, name) ? products[name] : undefined;
    if (product === undefined || version === undefined) return [];
    return [`Red Hat:${product.name}:${product.versions?.[version] ?? version}::el${major}`];
  });
  return [...new Set(found)].slice(0, mostProducts);
}

/** From `repository-to-cpe.json` of Red Hat, as of 2024; the versions where a CPE has another than the label. */
const products: Readonly<
  Record<string, { readonly name: string; readonly versions?: Readonly<Record<string, string>> }>
> = {
  rhocp: { name: 'openshift' },
  'rhocp-ironic': { name: 'openshift_ironic' },
  'ocp-tools': { name: 'ocp_tools' },
  pipelines: { name: 'openshift_pipelines' },
  'jb-coreservices': { name: 'jboss_core_services' },
  'jb-datagrid': { name: 'jboss_data_grid', versions: { '7.1': '7' } },
  'jb-eap': {
    name: 'jboss_enterprise_application_platform',
    versions: { '6.3': '6', '6.4': '6', '7': '7.2', '7.0': '7', '7.1': '7' },
  },
};
