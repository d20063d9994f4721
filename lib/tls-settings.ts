import { z } from 'zod';
import { domainName, emailAddress } from './setting-formats';

const directory = z
  .string()
  .refine(
    (value) => /^https:\/\/[a-z0-9.-]+(?::\d+)?\/[\w.~/%=-]*$/.test(value),
    "is not the URL of a certificate authority's ACME directory; one looks like https://acme-v02.api.letsencrypt.org/directory",
  );

const authority = z.strictObject({
  directory: directory
    .default('https://acme-v02.api.letsencrypt.org/directory')
    .describe('The certificate authority: its ACME directory'),
  caaIdentity: domainName.default('letsencrypt.org').describe('Its name in the CAA record'),
  contact: emailAddress.optional().describe('Address that the authority is given'),
  hstsAge: z
    .int()
    .min(0)
    .max(63_072_000)
    .default(86_400)
    .describe(
      'Seconds for which browsers insist on HTTPS after a visit. Raise it when you are sure to stay with HTTPS; 0 ends it',
    ),
});

/** HTTPS: the certificate authority, and what browsers are told. `false` serves plain HTTP, `true` means the defaults. */
export const tls = z
  .union(
    [z.boolean(), authority],
    'is neither true, false nor an object such as { contact: "ops@foobar.com" }',
  )
  .prefault({})
  .transform((value) => (value === true ? authority.parse({}) : value));
