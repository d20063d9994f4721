/** Why samples of DigitalOcean's document are refused here, by calls and the type of what they do. */
export const REFUSED_SAMPLES: Readonly<Record<string, string>> = {
  'DELETE /v2/droplets/:droplet_id/destroy_with_associated_resources/selective':
    'they name what is of another Droplet',
  'GET /v2/customers/my/invoices/:invoice_uuid': 'nothing was billed',
  'GET /v2/customers/my/invoices/:invoice_uuid/summary': 'nothing was billed',
  'GET /v2/registry/:registry_name/garbage-collection': 'no collection is under way',
  'GET /v2/registries/:registry_name/garbage-collection': 'no collection is under way',
  'POST /v2/droplets/:droplet_id/actions change_kernel': 'kernels are inside Droplets since 2017',
  'POST /v2/images/:image_id/actions convert': 'there are no backups',
};
