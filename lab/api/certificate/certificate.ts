import { z } from 'zod';
import type { Api } from '../api';
import { usesCertificate } from '../load-balancer/stored-load-balancer';
import { becoming } from '../server/becoming';
import { forbidden, found } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { createCertificate, createCertificateBody } from './certificate-create';
import { ISSUE } from './certificate-life';
import { CERTIFICATES, type Certificate } from './stored-certificate';

const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    name: z.string(),
    not_after: z.iso.datetime(),
    sha1_fingerprint: z.string(),
    created_at: z.iso.datetime(),
    dns_names: z.array(z.string()),
    state: z.enum(['pending', 'verified', 'error']),
    type: z.enum(['custom', 'lets_encrypt']),
  }),
  'certificate',
);
const oneCertificate = openapi(z.strictObject({ certificate: answer }));

const view = (certificate: Certificate) => ({
  id: certificate.id,
  name: certificate.name,
  not_after: second(certificate.notAfter),
  sha1_fingerprint: certificate.sha1,
  created_at: second(certificate.createdAt),
  dns_names: certificate.dnsNames,
  state: certificate.state,
  type: certificate.type,
});

export function certificateRoutes(api: Api): Route[] {
  const { cloud } = api;
  const certificateOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(CERTIFICATES).get(params.certificate_id ?? ''));
  return [
    list({
      call: 'GET /v2/certificates',
      operation: 'certificates_list',
      scopes: [['certificate:read']],
      key: 'certificates',
      item: answer,
      query: openapi(z.object({ name: z.string().optional() })),
      all: ({ query }) =>
        cloud
          .of(CERTIFICATES)
          .values()
          .filter(({ name }) => !query.name || name === query.name),
      view,
    }),
    route({
      call: 'POST /v2/certificates',
      operation: 'certificates_create',
      scopes: [['certificate:create']],
      body: createCertificateBody,
      status: 201,
      answer: oneCertificate,
      guesses: [
        "A certificate without a type is a custom one. One from Let's Encrypt is pending for the time of an action; nobody issues it.",
        "422 for a name that is taken, a key of another certificate, and names of Let's Encrypt's outside the account's domains.",
        "Where droplets really run, one from Let's Encrypt is refused with 501.",
      ],
      handle: (call) => {
        const certificate = createCertificate(api, call.body);
        if (certificate.state === 'pending') call.start(becoming(ISSUE, certificate.id));
        return { certificate: view(certificate) };
      },
    }),
    route({
      call: 'GET /v2/certificates/:certificate_id',
      operation: 'certificates_get',
      scopes: [['certificate:read']],
      status: 200,
      answer: oneCertificate,
      handle: (call) => ({ certificate: view(certificateOf(call)) }),
    }),
    route({
      call: 'DELETE /v2/certificates/:certificate_id',
      operation: 'certificates_delete',
      scopes: [['certificate:delete']],
      status: 204,
      guesses: ['403 while a load balancer uses it, with a text that the provider waits for.'],
      handle: (call) => {
        const { id } = certificateOf(call);
        if (usesCertificate(cloud, id))
          throw forbidden('Make sure the certificate is not in use before deleting it');
        cloud.of(CERTIFICATES).delete(id);
      },
    }),
  ];
}
