import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listUsers } from '#access/contract.ts';
import { listAdmissionRules } from '#admission/contract.ts';
import { listChecks, listComplianceRules } from '#compliance/contract.ts';
import { packageParts } from '#ecosystems/contract.ts';
import { listApplications, listImages, listVulnerabilities } from '#explorer/contract.ts';
import { listContainers, listHosts } from '#inventory/contract.ts';
import { listPolicies } from '#policy/contract.ts';
import { listIncidents, listRuntimeRules } from '#runtime/contract.ts';
import { reading } from '../api.ts';
import { EnvironmentMark } from '../ui/environment-mark.tsx';
import { subjectName } from '../ui/format.ts';
import { SeverityMark } from '../ui/severity.tsx';
import { VerdictMark } from '../ui/state-mark.tsx';
import { isMeant } from './meant-check.ts';
import { useMe } from './session.ts';

/** Results of each kind. */
const limit = 5;

/** One thing that was found, and its page. */
interface FoundRow {
  /** Unique among all that was found. */
  readonly id: string;
  readonly link: LinkProps;
  readonly text: ReactNode;
  readonly mark?: ReactNode;
}

/** What was found of one kind: the first few, and how many there are. */
export interface FoundGroup {
  readonly name: string;
  readonly total: number;
  readonly rows: readonly FoundRow[];
}

/** Everything with these words in its name; missing until all kinds have answered. */
export function useFound(search: string): readonly FoundGroup[] | undefined {
  const groups = [
    useImages(search),
    useVulnerabilities(search),
    useContainers(search),
    useApplications(search),
    useHosts(search),
    useIncidents(search),
    useChecks(search),
    useRules(search),
    useUsers(search),
  ];
  if (search === '') return [];
  const answered = groups.filter((group) => group !== undefined);
  const found = answered.filter(({ total }) => total > 0);
  return found.length === 0 && answered.length < groups.length ? undefined : found;
}

function useImages(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listImages, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.images.map((row) => ({
    id: row.subject,
    link: { to: '/images/$subject', params: { subject: row.subject } } as LinkProps,
    text: subjectName(row.subject, row.names),
    mark: <VerdictMark verdict={row.verdict} />,
  }));
  return rows && { name: 'Images', total: data?.total ?? 0, rows };
}

function useVulnerabilities(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listVulnerabilities, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.vulnerabilities.map((one) => ({
    id: `${one.id} ${one.package}`,
    link: { to: '/vulnerabilities', search: { search, vulnerability: one.id, package: one.package } } as LinkProps,
    text: (
      <>
        {one.id} <span className="quiet">{packageParts(one.type, one.package).own}</span>
      </>
    ),
    mark: <SeverityMark severity={one.severity} />,
  }));
  return rows && { name: 'Vulnerabilities', total: data?.total ?? 0, rows };
}

function useContainers(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listContainers, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.containers.map((one) => ({
    id: one.id,
    link: { to: '/containers', search: { search, container: one.id } } as LinkProps,
    text: (
      <>
        {one.name} <span className="quiet">on {one.host}</span>
      </>
    ),
    mark: <EnvironmentMark environment={one.environment} />,
  }));
  return rows && { name: 'Containers', total: data?.total ?? 0, rows };
}

function useApplications(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listApplications, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.applications.map((row) => ({
    id: `application ${row.name}`,
    link: { to: '/applications/$name', params: { name: row.name } } as LinkProps,
    text: row.name,
    mark: <VerdictMark verdict={row.verdict} />,
  }));
  return rows && { name: 'Applications', total: data?.total ?? 0, rows };
}

function useHosts(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listHosts, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.hosts.map(({ name, environment }) => ({
    id: `host ${name}`,
    link: { to: '/hosts', search: { search: name } } as LinkProps,
    text: name,
    mark: <EnvironmentMark environment={environment} />,
  }));
  return rows && { name: 'Hosts', total: data?.total ?? 0, rows };
}

function useIncidents(search: string): FoundGroup | undefined {
  const { data } = useQuery({ ...reading(listIncidents, { query: { search, limit } }), enabled: search !== '' });
  const rows = data?.incidents.map((one) => ({
    id: `incident ${one.id}`,
    link: { to: '/incidents/$id', params: { id: String(one.id) } } as LinkProps,
    text: one.title,
    mark: <SeverityMark severity={one.severity} />,
  }));
  return rows && { name: 'Incidents', total: data?.total ?? 0, rows };
}

/** Their list is asked for once; a number of another product finds a check as well. */
function useChecks(search: string): FoundGroup | undefined {
  const asked = { ...reading(listChecks), enabled: search !== '', staleTime: Infinity };
  const found = useQuery(asked).data?.checks.filter((check) => isMeant(check, search.toLowerCase()));
  const rows = found?.slice(0, limit).map(({ id, title, severity }) => ({
    id: `check ${id}`,
    link: { to: '/compliance/checks', search: { check: id } } as LinkProps,
    text: (
      <>
        {title} <span className="quiet mono">{id}</span>
      </>
    ),
    mark: <SeverityMark severity={severity} />,
  }));
  return rows && { name: 'Checks', total: found?.length ?? 0, rows };
}

/** Rules of all kinds are few; their lists are asked for once. */
function useRules(search: string): FoundGroup | undefined {
  const asked = { enabled: search !== '' };
  const policies = useQuery({ ...reading(listPolicies), ...asked }).data?.policies;
  const admission = useQuery({ ...reading(listAdmissionRules), ...asked }).data?.rules;
  const runtime = useQuery({ ...reading(listRuntimeRules), ...asked }).data?.rules;
  const compliance = useQuery({ ...reading(listComplianceRules), ...asked }).data?.rules;
  if (policies === undefined || admission === undefined || runtime === undefined || compliance === undefined)
    return undefined;
  const rules = [
    ...policies.map(({ policy: { id, name } }) => ({
      id,
      name,
      kind: 'vulnerabilities',
      link: { to: '/rules/$id', params: { id } } as LinkProps,
    })),
    ...admission.map(({ rule: { id, name } }) => ({
      id,
      name,
      kind: 'admission',
      link: { to: '/admission-rules', search: { rule: id } } as LinkProps,
    })),
    ...runtime.map(({ rule: { id, name } }) => ({
      id,
      name,
      kind: 'runtime',
      link: { to: '/runtime-rules', search: { rule: id } } as LinkProps,
    })),
    ...compliance.map(({ rule: { id, name } }) => ({
      id,
      name,
      kind: 'compliance',
      link: { to: '/compliance-rules', search: { rule: id } } as LinkProps,
    })),
  ];
  const found = rules.filter(({ name }) => has(name, search));
  const rows = found.slice(0, limit).map(({ id, name, kind, link }) => ({
    id: `rule ${kind} ${id}`,
    link,
    text: name,
    mark: <span className="quiet small">{kind}</span>,
  }));
  return { name: 'Rules', total: found.length, rows };
}

/** Only who may manage users finds them. */
function useUsers(search: string): FoundGroup | undefined {
  const may = useMe()?.permissions.includes('administer') === true;
  const users = useQuery({ ...reading(listUsers), enabled: may && search !== '' }).data?.users;
  if (!may) return { name: 'Users', total: 0, rows: [] };
  const found = users?.filter(({ name }) => has(name, search));
  const rows = found?.slice(0, limit).map(({ id, name, role }) => ({
    id: `user ${id}`,
    link: { to: '/access', search: { tab: 'users' }, hash: `user-${id}` } as LinkProps,
    text: name,
    mark: <span className="quiet small">{role}</span>,
  }));
  return rows && { name: 'Users', total: found?.length ?? 0, rows };
}

function has(name: string, search: string): boolean {
  return name.toLowerCase().includes(search.toLowerCase());
}
