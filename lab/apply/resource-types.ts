import * as cloudinitConfig from './data/cloudinit-config';
import { domain } from './resource/digitalocean-domain';
import { droplet } from './resource/digitalocean-droplet';
import { firewall } from './resource/digitalocean-firewall';
import { monitorAlert } from './resource/digitalocean-monitor-alert';
import { record } from './resource/digitalocean-record';
import { reservedIp } from './resource/digitalocean-reserved-ip';
import { reservedIpAssignment } from './resource/digitalocean-reserved-ip-assignment';
import { spacesBucket } from './resource/digitalocean-spaces-bucket';
import { spacesKey } from './resource/digitalocean-spaces-key';
import { tag } from './resource/digitalocean-tag';
import { uptimeAlert } from './resource/digitalocean-uptime-alert';
import { uptimeCheck } from './resource/digitalocean-uptime-check';
import { volume } from './resource/digitalocean-volume';
import { volumeAttachment } from './resource/digitalocean-volume-attachment';
import { vpc } from './resource/digitalocean-vpc';
import { randomPassword } from './resource/random-password';
import { terraformData } from './resource/terraform-data';
import { tlsCertRequest } from './resource/tls-cert-request';
import { tlsLocallySignedCert } from './resource/tls-locally-signed-cert';
import { tlsPrivateKey } from './resource/tls-private-key';
import { tlsSelfSignedCert } from './resource/tls-self-signed-cert';
import type { Attributes, ResourceType } from './resource-type';
import type { Schema } from './schema';

/** Computed from the configuration alone. */
export interface DataType {
  readonly schema: Schema;
  read(desired: Attributes): Attributes;
}

export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map([
  ['digitalocean_domain', domain],
  ['digitalocean_droplet', droplet],
  ['digitalocean_firewall', firewall],
  ['digitalocean_monitor_alert', monitorAlert],
  ['digitalocean_record', record],
  ['digitalocean_reserved_ip', reservedIp],
  ['digitalocean_reserved_ip_assignment', reservedIpAssignment],
  ['digitalocean_spaces_bucket', spacesBucket],
  ['digitalocean_spaces_key', spacesKey],
  ['digitalocean_tag', tag],
  ['digitalocean_uptime_alert', uptimeAlert],
  ['digitalocean_uptime_check', uptimeCheck],
  ['digitalocean_volume', volume],
  ['digitalocean_volume_attachment', volumeAttachment],
  ['digitalocean_vpc', vpc],
  ['random_password', randomPassword],
  ['terraform_data', terraformData],
  ['tls_cert_request', tlsCertRequest],
  ['tls_locally_signed_cert', tlsLocallySignedCert],
  ['tls_private_key', tlsPrivateKey],
  ['tls_self_signed_cert', tlsSelfSignedCert],
]);

export const DATA_TYPES: ReadonlyMap<string, DataType> = new Map([['cloudinit_config', cloudinitConfig]]);

/** Where the providers come from whose types these are. */
export const PROVIDERS: Readonly<Record<string, string>> = {
  cloudinit: 'hashicorp/cloudinit',
  digitalocean: 'digitalocean/digitalocean',
  random: 'hashicorp/random',
  tls: 'hashicorp/tls',
};
