import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { parseAccessSearch } from './pages/access/access-search.ts';
import { parseAuditSearch } from './pages/access/audit-search.ts';
import { parseCollectionsSearch } from './pages/access/collections-search.ts';
import { parseApplicationsSearch } from './pages/application/applications-search.ts';
import { parseImageSearch } from './pages/image/image-search.ts';
import { parseImagesSearch } from './pages/image/images-search.ts';
import { parseContainersSearch } from './pages/inventory/containers-search.ts';
import { parseChecksSearch } from './pages/compliance/checks-search.ts';
import {
  isOfChecks,
  parseChangesSearch,
  parseControlSearch,
  parseTemplateSearch,
} from './pages/evidence/evidence-search.ts';
import { parseHostsSearch } from './pages/inventory/hosts-search.ts';
import { parseAgentsSearch } from './pages/link/agents-search.ts';
import { parseAskSearch, parseExceptionsSearch, parseRuleSearch } from './pages/policy/policy-search.ts';
import { parseDeploymentsSearch } from './pages/admission/deployments-search.ts';
import { parseIncidentsSearch } from './pages/runtime/incidents-search.ts';
import { parseModelSearch } from './pages/runtime/model-search.ts';
import { parseModelsSearch } from './pages/runtime/models-search.ts';
import { parseRulesSearch } from './pages/rules/rules-search.ts';
import { parseVulnerabilitySearch } from './pages/vulnerability/vulnerability-search.ts';
import { type FrameSearch, parseFrameSearch } from './app/environment.ts';
import { Frame } from './app/frame.tsx';
import { NotFound } from './app/not-found.tsx';
import { PageError } from './app/page-error.tsx';
import { signInPath } from './app/link-secret.ts';
import { answerPath } from './app/provider-answer.ts';
import { parseSearch, stringifySearch, textOf } from './app/search-text.ts';
import { guard } from './app/session.ts';

interface RouterContext {
  readonly queries: QueryClient;
}

/** A page that may have menus, dialogs and fields: what they stand on is fetched beside it. */
function page<Name extends string>(load: () => Promise<Readonly<Record<Name, ComponentType>>>, name: Name) {
  return lazyRouteComponent(async () => {
    // In this order, so that a page's own styles come after those that it stands on.
    const ground = import('./app/overlays.tsx');
    const module: Readonly<Record<Name, ComponentType>> = await load();
    const { Overlays } = await ground;
    const Page: ComponentType = module[name];
    return {
      default: () => (
        <Overlays>
          <Page />
        </Overlays>
      ),
    };
  });
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: signInPath,
  validateSearch: (search): { next?: string | undefined } => ({ next: textOf(search['next'], 2048) }),
  component: page(() => import('./pages/access/sign-in-page.tsx'), 'SignInPage'),
});

const providerAnswer = createRoute({
  getParentRoute: () => root,
  path: answerPath,
  component: lazyRouteComponent(() => import('./pages/access/provider-answer-page.tsx'), 'ProviderAnswerPage'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  validateSearch: parseFrameSearch,
  // Every link inside keeps the environment; one that leaves it says `environment: undefined`.
  search: { middlewares: [retainSearchParams<FrameSearch>(['environment'])] },
  beforeLoad: ({ context, location }) => guard(context.queries, location.href),
  component: Frame,
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/explorer/overview-page.tsx'), 'OverviewPage'),
});

const images = createRoute({
  getParentRoute: () => inside,
  path: '/images',
  validateSearch: parseImagesSearch,
  component: page(() => import('./pages/image/images-page.tsx'), 'ImagesPage'),
});

const image = createRoute({
  getParentRoute: () => inside,
  path: '/images/$subject',
  validateSearch: parseImageSearch,
  component: page(() => import('./pages/image/image-page.tsx'), 'ImagePage'),
});

const vulnerabilities = createRoute({
  getParentRoute: () => inside,
  path: '/vulnerabilities',
  validateSearch: parseVulnerabilitySearch,
  component: page(() => import('./pages/vulnerability/explorer-page.tsx'), 'ExplorerPage'),
});

const controls = createRoute({
  getParentRoute: () => inside,
  path: '/compliance',
  validateSearch: parseTemplateSearch,
  beforeLoad: ({ location }) => {
    const raw = parseSearch(location.searchStr);
    if (isOfChecks(raw)) throw redirect({ to: '/compliance/checks', search: parseChecksSearch(raw), replace: true });
  },
  component: page(() => import('./pages/evidence/template-page.tsx'), 'TemplatePage'),
});

const control = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/controls/$template/$control',
  validateSearch: parseControlSearch,
  component: page(() => import('./pages/evidence/control-page.tsx'), 'ControlPage'),
});

const evidenceChanges = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/changes',
  validateSearch: parseChangesSearch,
  component: page(() => import('./pages/evidence/changes-page.tsx'), 'ChangesPage'),
});

const templates = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/templates',
  component: page(() => import('./pages/evidence/templates-page.tsx'), 'TemplatesPage'),
});

const attestations = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/attestations',
  component: page(() => import('./pages/evidence/attestations-page.tsx'), 'AttestationsPage'),
});

const importedResults = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/imported',
  component: page(() => import('./pages/evidence/imported-page.tsx'), 'ImportedPage'),
});

const importedResult = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/imported/$id',
  component: page(() => import('./pages/evidence/imported-result-page.tsx'), 'ImportedResultPage'),
});

const checks = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/checks',
  validateSearch: parseChecksSearch,
  component: page(() => import('./pages/compliance/checks-page.tsx'), 'ChecksPage'),
});

const complianceRules = createRoute({
  getParentRoute: () => inside,
  path: '/compliance-rules',
  validateSearch: parseRulesSearch,
  component: page(() => import('./pages/compliance/compliance-rules-page.tsx'), 'ComplianceRulesPage'),
});

const hosts = createRoute({
  getParentRoute: () => inside,
  path: '/hosts',
  validateSearch: parseHostsSearch,
  component: page(() => import('./pages/inventory/hosts-page.tsx'), 'HostsPage'),
});

const applications = createRoute({
  getParentRoute: () => inside,
  path: '/applications',
  validateSearch: parseApplicationsSearch,
  component: page(() => import('./pages/application/applications-page.tsx'), 'ApplicationsPage'),
});

const application = createRoute({
  getParentRoute: () => inside,
  path: '/applications/$name',
  component: page(() => import('./pages/application/application-page.tsx'), 'ApplicationPage'),
});

const containers = createRoute({
  getParentRoute: () => inside,
  path: '/containers',
  validateSearch: parseContainersSearch,
  component: page(() => import('./pages/inventory/containers-page.tsx'), 'ContainersPage'),
});

const agents = createRoute({
  getParentRoute: () => inside,
  path: '/agents',
  validateSearch: parseAgentsSearch,
  component: page(() => import('./pages/link/agents-page.tsx'), 'AgentsPage'),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: parseAuditSearch,
  component: page(() => import('./pages/access/audit-page.tsx'), 'AuditPage'),
});

const system = createRoute({
  getParentRoute: () => inside,
  path: '/system',
  component: page(() => import('./pages/access/system-page.tsx'), 'SystemPage'),
});

const access = createRoute({
  getParentRoute: () => inside,
  path: '/access',
  validateSearch: parseAccessSearch,
  component: page(() => import('./pages/access/access-page.tsx'), 'AccessPage'),
});

const feeds = createRoute({
  getParentRoute: () => inside,
  path: '/feeds',
  component: page(() => import('./pages/vulnerability/feeds-page.tsx'), 'FeedsPage'),
});

const rules = createRoute({
  getParentRoute: () => inside,
  path: '/rules',
  component: page(() => import('./pages/policy/rules-page.tsx'), 'RulesPage'),
});

const rule = createRoute({
  getParentRoute: () => inside,
  path: '/rules/$id',
  validateSearch: parseRuleSearch,
  component: page(() => import('./pages/policy/rule-page.tsx'), 'RulePage'),
});

const exceptions = createRoute({
  getParentRoute: () => inside,
  path: '/exceptions',
  validateSearch: parseExceptionsSearch,
  component: page(() => import('./pages/policy/exceptions-page.tsx'), 'ExceptionsPage'),
});

const askException = createRoute({
  getParentRoute: () => inside,
  path: '/exceptions/new',
  validateSearch: parseAskSearch,
  component: page(() => import('./pages/policy/ask-exception-page.tsx'), 'AskExceptionPage'),
});

const trust = createRoute({
  getParentRoute: () => inside,
  path: '/trust',
  component: page(() => import('./pages/provenance/trust-page.tsx'), 'TrustPage'),
});

const collections = createRoute({
  getParentRoute: () => inside,
  path: '/collections',
  validateSearch: parseCollectionsSearch,
  component: page(() => import('./pages/access/collections-page.tsx'), 'CollectionsPage'),
});

const models = createRoute({
  getParentRoute: () => inside,
  path: '/runtime',
  validateSearch: parseModelsSearch,
  component: page(() => import('./pages/runtime/models-page.tsx'), 'ModelsPage'),
});

const model = createRoute({
  getParentRoute: () => inside,
  path: '/runtime/$id',
  validateSearch: parseModelSearch,
  component: page(() => import('./pages/runtime/model-page.tsx'), 'ModelPage'),
});

const incidents = createRoute({
  getParentRoute: () => inside,
  path: '/incidents',
  validateSearch: parseIncidentsSearch,
  component: page(() => import('./pages/runtime/incidents-page.tsx'), 'IncidentsPage'),
});

const incident = createRoute({
  getParentRoute: () => inside,
  path: '/incidents/$id',
  component: page(() => import('./pages/runtime/incident-page.tsx'), 'IncidentPage'),
});

const runtimeRules = createRoute({
  getParentRoute: () => inside,
  path: '/runtime-rules',
  validateSearch: parseRulesSearch,
  component: page(() => import('./pages/runtime/runtime-rules-page.tsx'), 'RuntimeRulesPage'),
});

const deployments = createRoute({
  getParentRoute: () => inside,
  path: '/deployments',
  validateSearch: parseDeploymentsSearch,
  component: page(() => import('./pages/admission/deployments-page.tsx'), 'DeploymentsPage'),
});

const admissionRules = createRoute({
  getParentRoute: () => inside,
  path: '/admission-rules',
  validateSearch: parseRulesSearch,
  component: page(() => import('./pages/admission/admission-rules-page.tsx'), 'AdmissionRulesPage'),
});

const routes = root.addChildren([
  signIn,
  providerAnswer,
  inside.addChildren([
    overview,
    rules,
    rule,
    exceptions,
    askException,
    collections,
    trust,
    images,
    image,
    vulnerabilities,
    controls,
    control,
    evidenceChanges,
    attestations,
    importedResults,
    importedResult,
    templates,
    checks,
    complianceRules,
    applications,
    application,
    models,
    model,
    incidents,
    incident,
    runtimeRules,
    deployments,
    admissionRules,
    hosts,
    containers,
    access,
    agents,
    feeds,
    audit,
    system,
  ]),
]);

/** Every page, its address and what its address may hold. Pages are fetched when they are first opened. */
export function createPages(queries: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queries },
    parseSearch,
    stringifySearch,
    pathParamsAllowedCharacters: [':', '@'],
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ({ error, reset }) => <PageError error={error} retry={reset} />,
    defaultNotFoundComponent: NotFound,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
