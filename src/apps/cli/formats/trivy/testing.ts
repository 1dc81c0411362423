import { z } from 'zod';

/** Fields that readers of Trivy's report rely on, as its own types declare them; Trivy publishes no schema. */
const Vulnerability = z.object({
  VulnerabilityID: z.string().min(1),
  VendorIDs: z.array(z.string()),
  PkgID: z.string(),
  PkgName: z.string(),
  PkgPath: z.string().optional(),
  PkgIdentifier: z.object({ PURL: z.string() }),
  InstalledVersion: z.string(),
  FixedVersion: z.string().optional(),
  Status: z.enum([
    'fixed',
    'affected',
    'will_not_fix',
    'fix_deferred',
    'end_of_life',
    'under_investigation',
    'not_affected',
    'unknown',
  ]),
  Layer: z.object({ Digest: z.string().optional(), DiffID: z.string().optional() }),
  SeveritySource: z.string().optional(),
  PrimaryURL: z.url(),
  DataSource: z.object({ ID: z.string(), Name: z.string() }),
  Title: z.string().optional(),
  Severity: z.enum(['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  CVSS: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))).optional(),
  PublishedDate: z.iso.datetime({ offset: true }).optional(),
});

const Report = z.object({
  SchemaVersion: z.literal(2),
  CreatedAt: z.iso.datetime(),
  ArtifactName: z.string(),
  ArtifactType: z.enum(['container_image', 'filesystem']),
  Metadata: z.object({
    OS: z.object({ Family: z.string(), Name: z.string() }).optional(),
    ImageID: z.string().optional(),
    DiffIDs: z.array(z.string()).optional(),
    RepoTags: z.array(z.string()).optional(),
    RepoDigests: z.array(z.string()).optional(),
  }),
  Results: z.array(
    z.object({
      Target: z.string(),
      Class: z.enum(['os-pkgs', 'lang-pkgs']),
      Type: z.string().min(1),
      Vulnerabilities: z.array(Vulnerability).min(1).optional(),
      ExperimentalModifiedFindings: z
        .array(
          z.object({
            Type: z.literal('vulnerability'),
            Status: z.enum(['ignored', 'not_affected', 'fixed', 'under_investigation', 'affected']),
            Statement: z.string(),
            Source: z.string(),
            Finding: Vulnerability,
          }),
        )
        .optional(),
    }),
  ),
});

/** What does not have the form of Trivy's report; empty: it is one. */
export function trivyProblems(document: unknown): readonly unknown[] {
  const parsed = Report.safeParse(document);
  return parsed.success ? [] : parsed.error.issues;
}
