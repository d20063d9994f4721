import type { Json } from './deployment';
import { REQUIRED_PROVIDERS } from './small-stack';

/** An authority and a server's certificate, with each thing that can be said of them. */
export function tlsStack(): Json {
  const hours = 20 * 365 * 24;
  return {
    terraform: { required_providers: { tls: REQUIRED_PROVIDERS.tls } },
    resource: {
      tls_private_key: {
        authority: { algorithm: 'ECDSA', ecdsa_curve: 'P256' },
        server: { algorithm: 'RSA', rsa_bits: 2048 },
      },
      tls_self_signed_cert: {
        authority: {
          private_key_pem: '${tls_private_key.authority.private_key_pem}',
          subject: [{ common_name: 'an authority/of + ours', organization: 'Foobar' }],
          is_ca_certificate: true,
          set_subject_key_id: true,
          allowed_uses: ['cert_signing', 'crl_signing'],
          validity_period_hours: hours,
        },
      },
      tls_cert_request: {
        server: {
          private_key_pem: '${tls_private_key.server.private_key_pem}',
          subject: [{ common_name: 'database' }],
          dns_names: ['database', 'db.example.org'],
          ip_addresses: ['10.20.0.5'],
        },
      },
      tls_locally_signed_cert: {
        server: {
          cert_request_pem: '${tls_cert_request.server.cert_request_pem}',
          ca_private_key_pem: '${tls_private_key.authority.private_key_pem}',
          ca_cert_pem: '${tls_self_signed_cert.authority.cert_pem}',
          allowed_uses: ['digital_signature', 'key_encipherment', 'server_auth'],
          validity_period_hours: hours,
        },
      },
    },
    output: {
      authority: { value: '${tls_self_signed_cert.authority.cert_pem}' },
      server: { value: '${tls_locally_signed_cert.server.cert_pem}' },
      key: { value: '${tls_private_key.server.private_key_pem}', sensitive: true },
      encoded: { value: '${base64encode(tls_private_key.server.private_key_pem)}', sensitive: true },
      facts: {
        value: [
          '${tls_private_key.server.private_key_pem_pkcs8}',
          '${tls_self_signed_cert.authority.key_algorithm}',
          '${tls_cert_request.server.key_algorithm}',
          '${tls_locally_signed_cert.server.ca_key_algorithm}',
          '${tls_locally_signed_cert.server.ready_for_renewal}',
        ],
        sensitive: true,
      },
    },
  };
}
