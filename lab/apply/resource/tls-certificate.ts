import { X509Certificate } from 'node:crypto';
import type { Attributes } from '../resource-type';

/** What the state keeps of a certificate. */
export function certificateAttributes(pem: string): Attributes {
  const { serialNumber, validFrom, validTo } = new X509Certificate(pem);
  return {
    id: String(BigInt(`0x${serialNumber}`)),
    cert_pem: pem,
    ready_for_renewal: false,
    validity_start_time: new Date(validFrom).toISOString(),
    validity_end_time: new Date(validTo).toISOString(),
  };
}

/** One that has ended counts as gone, so that there is a new one: as in the provider. */
export async function readCertificate(_api: unknown, prior: Attributes): Promise<Attributes | undefined> {
  return Date.now() < Date.parse(String(prior.validity_end_time)) ? {} : undefined;
}
