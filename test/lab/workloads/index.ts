import type { Lab } from '../lab.ts';
import { workloadCase } from './cases.ts';
import { postgres, redis } from './kinds/stores.ts';
import { cron, sshd, supervisor, tomcat } from './kinds/systems.ts';
import { apache, busybox, gunicorn, nginx, node, owned, php } from './kinds/web.ts';
import { setUpSite, type Site } from './site.ts';
import type { Workload } from './workload.ts';

const workloads: Readonly<Record<string, Workload>> = {
  W1: nginx,
  W2: apache,
  W3: php,
  W4: gunicorn,
  W5: node,
  W6: tomcat,
  W7: postgres,
  W8: redis,
  W9: sshd,
  W10: cron,
  W11: supervisor,
  W12: busybox,
  W13: owned,
};

const later = 'Their images are larger or their learning takes longer: `npm run nightly`.';

/** Ordinary programs of Debian: what they do is learned under real traffic, and nothing of it is refused after. */
export const lab: Lab<Site> = {
  name: 'workloads',
  cases: [
    workloadCase('W1', 'nginx'),
    workloadCase('W2', 'Apache with CGI'),
    workloadCase('W3', 'PHP with a template cache', later),
    workloadCase('W4', 'gunicorn'),
    workloadCase('W5', 'Node with children', later),
    workloadCase('W6', 'Tomcat with hot deploy', later),
    workloadCase('W7', 'PostgreSQL with archiving', later),
    workloadCase('W8', 'redis'),
    workloadCase('W9', 'sshd', later),
    workloadCase('W10', 'cron', later),
    workloadCase('W11', 'supervisor', later),
    workloadCase('W12', 'a BusyBox image with scripts'),
    workloadCase('W13', 'an entrypoint with chown -R over 20,000 files', later),
  ],
  setUp: (options) => setUpSite(options, workloads),
};
