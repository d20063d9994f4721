import { z } from 'zod';
import { EMAIL } from '../account/account-options';
import { found } from '../server/errors';
import { page, pageFields, pageQuery } from '../server/pagination';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { second } from '../server/time';

const NOTHING = '0.00';
/** Of the month that runs: the only invoice there is. */
const PREVIEW = 'a7d0cfc1-1a51-4ad9-9b9b-7d3f6a4c0f11';

const invoice = openapi(
  z.strictObject({
    invoice_uuid: z.string(),
    invoice_id: z.string().optional(),
    amount: z.string(),
    invoice_period: z.string(),
    updated_at: z.string().optional(),
  }),
  'invoice',
);
const invoiceItem = openapi(
  z.strictObject({
    product: z.string(),
    description: z.string(),
    amount: z.string(),
    project_name: z.string(),
  }),
);
const historyEntry = openapi(
  z.strictObject({
    description: z.string(),
    amount: z.string(),
    invoice_id: z.string(),
    invoice_uuid: z.string(),
    date: z.iso.datetime(),
    type: z.string(),
  }),
);
const charge = openapi(z.strictObject({ name: z.string(), amount: z.string() }));
const summary = openapi(
  z.strictObject({
    invoice_uuid: z.string(),
    billing_period: z.string(),
    amount: z.string(),
    user_name: z.string(),
    user_billing_address: z.strictObject({}),
    user_company: z.string(),
    user_email: z.string(),
    product_charges: z.strictObject({ ...charge.shape, items: z.array(charge) }),
    overages: charge,
    taxes: charge,
    credits_and_adjustments: charge,
  }),
);

const period = () => new Date().toISOString().slice(0, 7);
const preview = () => ({ invoice_uuid: PREVIEW, amount: NOTHING, invoice_period: period() });
const nothing = (name: string) => ({ name, amount: NOTHING });

const isFree = 'Nothing costs anything: there are no invoices but the preview of the month that runs.';
const mustBePreview = ({ invoice_uuid }: Readonly<Record<string, string>>) =>
  found(invoice_uuid === PREVIEW ? PREVIEW : undefined);

export const billingRoutes = (): Route[] => [
  route({
    call: 'GET /v2/customers/my/balance',
    operation: 'balance_get',
    scopes: [['billing:read']],
    status: 200,
    answer: openapi(
      z.strictObject({
        month_to_date_balance: z.string(),
        account_balance: z.string(),
        month_to_date_usage: z.string(),
        generated_at: z.iso.datetime(),
      }),
    ),
    guesses: [isFree],
    handle: () => ({
      month_to_date_balance: NOTHING,
      account_balance: NOTHING,
      month_to_date_usage: NOTHING,
      generated_at: second(new Date().toISOString()),
    }),
  }),
  list({
    call: 'GET /v2/customers/my/billing_history',
    operation: 'billingHistory_list',
    scopes: [['billing:read']],
    key: 'billing_history',
    item: historyEntry,
    arePagesGuessed: true,
    all: (): never[] => [],
    view: (none) => none,
  }),
  route({
    call: 'GET /v2/customers/my/invoices',
    operation: 'invoices_list',
    scopes: [['billing:read']],
    query: pageQuery,
    status: 200,
    answer: openapi(z.strictObject({ invoices: z.array(invoice), invoice_preview: invoice, ...pageFields })),
    guesses: [isFree],
    handle: ({ query, url }) => ({
      ...page('invoices', [], (none) => none, query, url),
      invoice_preview: preview(),
    }),
  }),
  list({
    call: 'GET /v2/customers/my/invoices/:invoice_uuid',
    operation: 'invoices_get_byUUID',
    scopes: [['billing:read']],
    key: 'invoice_items',
    item: invoiceItem,
    all: ({ params }): never[] => {
      mustBePreview(params);
      return [];
    },
    view: (none) => none,
  }),
  route({
    call: 'GET /v2/customers/my/invoices/:invoice_uuid/summary',
    operation: 'invoices_get_summaryByUUID',
    scopes: [['billing:read']],
    status: 200,
    answer: summary,
    handle: ({ params }) => ({
      invoice_uuid: mustBePreview(params),
      billing_period: period(),
      amount: NOTHING,
      user_name: 'Lab',
      user_billing_address: {},
      user_company: 'Lab',
      user_email: EMAIL,
      product_charges: { ...nothing('Product usage charges'), items: [] },
      overages: nothing('Overages'),
      taxes: nothing('Taxes'),
      credits_and_adjustments: nothing('Credits & adjustments'),
    }),
  }),
];
