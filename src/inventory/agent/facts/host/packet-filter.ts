import { type Field, known, missing } from '#base/index.ts';
import type { InputFilter } from '../../../facts/host.ts';
import { NftRuleset } from './schema.ts';
import { attemptLater, type HostAccess } from './fields.ts';
import type { HostReader } from './host-reader.ts';

/** What happens to packets for the host that no rule speaks of. */
export function collectInputFilters({ host, run }: HostAccess): Promise<Field<readonly InputFilter[]>> {
  return attemptLater(async () => {
    const nft = await run('nft', ['-j', 'list', 'ruleset']);
    if (nft.kind === 'done') {
      const refused = refusingFamilies(nft.output);
      // Rules of the older kind of iptables do not show in nft.
      const legacy = host.text('/proc/1/net/ip_tables_names')?.includes('filter') === true;
      if (refused.length === 2 || !legacy) return known(filtersOf(host, refused), 'nft list ruleset');
    }
    const refused: ('ip' | 'ip6')[] = [];
    for (const [program, family] of [
      ['iptables', 'ip'],
      ['ip6tables', 'ip6'],
    ] as const) {
      const result = await run(program, ['-S', 'INPUT']);
      if (result.kind === 'absent')
        return missing('neither nft nor iptables is installed; the package nftables brings nft');
      if (result.kind === 'failed') return missing(`${program} -S INPUT failed: ${result.why}`);
      if (refusesByDefault(result.output)) refused.push(family);
    }
    return known(filtersOf(host, refused), 'iptables -S INPUT, ip6tables -S INPUT');
  });
}

function filtersOf(host: HostReader, refused: readonly ('ip' | 'ip6')[]): readonly InputFilter[] {
  const ipv6 = (host.text('/proc/1/net/if_inet6') ?? '').trim() !== '';
  const otherwise = (family: 'ip' | 'ip6'): InputFilter['otherwise'] =>
    refused.includes(family) ? 'refused' : 'accepted';
  return [
    { protocol: 'ipv4', otherwise: otherwise('ip') },
    ...(ipv6 ? [{ protocol: 'ipv6' as const, otherwise: otherwise('ip6') }] : []),
  ];
}

/** Lines of `iptables -S INPUT`: the policy, or a last rule for every packet. */
export function refusesByDefault(text: string): boolean {
  const lines = text.trim().split('\n');
  return lines.includes('-P INPUT DROP') || /^-A INPUT -j (?:DROP|REJECT)\b/.test(lines.at(-1) ?? '');
}

/** Families for which a base chain at the input hook drops what its rules leave. */
export function refusingFamilies(json: string): readonly ('ip' | 'ip6')[] {
  const { nftables } = NftRuleset.parse(JSON.parse(json));
  const families = new Set<string>();
  for (const { chain } of nftables) {
    if (chain?.hook !== 'input') continue;
    const rules = nftables.flatMap(({ rule }) =>
      rule?.family === chain.family && rule.table === chain.table && rule.chain === chain.name ? [rule] : [],
    );
    if (chain.policy === 'drop' || dropsAll(rules.at(-1)?.expr ?? [])) families.add(chain.family);
  }
  return (['ip', 'ip6'] as const).filter((family) => families.has(family) || families.has('inet'));
}

/** A rule without a match that ends in a drop: counters, logs and comments change nothing. */
function dropsAll(expressions: readonly Readonly<Record<string, unknown>>[]): boolean {
  const names = expressions.flatMap((expression) => Object.keys(expression));
  return names.some((name) => name === 'drop' || name === 'reject') && names.every((name) => isFinal.includes(name));
}

const isFinal = ['drop', 'reject', 'counter', 'log'];
