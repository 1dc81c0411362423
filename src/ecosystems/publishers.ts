/**
 * Addresses of builders who publish packages of their own for several distributions. Maintainers of Debian and Alpine have
 * addresses of all kinds, so no others tell anything; none of these stands in a package of Debian 13.
 */
const addresses =
  /@(?:[\w-]+\.)*(?:docker|nodesource|microsoft|hashicorp|elastic|mongodb|gitlab|grafana|datadoghq|redis|mariadb|oracle|percona|influxdata|confluent|cloudflare|nginx|f5|rabbitmq|vmware|broadcom|puppet|sury|azul|eclipse|github|kubernetes|tailscale|haproxy|clickhouse)\.(?:com|org|io|net|co)\b|chromium-dev@chromium\.org|cudatools@nvidia\.com|corretto-team@amazon\.com/i;

/** Whether a maintainer is one of those builders. */
export function isPublisher(maintainer: string): boolean {
  return addresses.test(maintainer);
}
