import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Route } from '../server/route';
import { type Lab, start } from '../testing/client';
import { world } from '../testing/world';
import type { GoodCall } from '../testing/world-part';
import { ledger } from './compatibility';
import { Document } from './document';

/** Where DigitalOcean's openapi repository is; what needs it is not run elsewhere. */
const FOLDER = process.env.DIGITALOCEAN_OPENAPI;
export const withDocument = FOLDER ? test : test.skip;
export const document = new Document(FOLDER ?? '');
export const published = (path: string) => path.replace(/:(\w+)/g, '{$1}');
export const routes = ledger().calls.map(({ route }) => route);

const ajv = addFormats(new Ajv({ strict: false, unicodeRegExp: false, logger: false }));
const validators = new Map<string, ValidateFunction | undefined>();

function validatorOf({ method, path, status }: Route): ValidateFunction | undefined {
  const key = `${method} ${path}`;
  if (!validators.has(key)) {
    const schema = document.answer(method, published(path), status);
    validators.set(key, schema && ajv.compile(schema));
  }
  return validators.get(key);
}

/** An answer without that in which the API follows clients or DigitalOcean's later years rather than the document. */
function asTheDocument(answer: unknown): unknown {
  const text = JSON.stringify(answer)
    .replaceAll('"atl1"', '"nyc3"') // a region that the document does not have yet
    .replaceAll('"AlmaLinux"', '"Rocky Linux"') // a distribution that it does not have yet
    .replaceAll('"Unknown OS"', '"Unknown"') // as the provider expects
    .replaceAll('"do:vpc_nat_gateway:', '"do:vpc:'); // a kind of URN that it does not have yet
  // A global load balancer may have none, as godo knows it.
  const rule = { entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 };
  const global = { forwarding_rules: [rule] };
  return JSON.parse(text, (_, value) => (value?.type === 'GLOBAL' ? { ...global, ...value } : value));
}

/** Why an answer does not fit the document; nothing when it does. */
function misfit(route: Route, answer: unknown): string | undefined {
  const validate = validatorOf(route);
  if (!validate || answer === undefined) return undefined;
  if (validate(asTheDocument(answer))) return undefined;
  const [error] = validate.errors ?? [];
  return `${route.method} ${route.path}: ${error?.instancePath} ${error?.message}`;
}

/** An account with one of everything, in which each answer is held against the document. */
export async function checkedWorld(): Promise<{
  lab: Lab;
  good: ReadonlyMap<string, GoodCall>;
  misfits: Set<string>;
}> {
  const misfits = new Set<string>();
  const lab = await start({
    onAnswer: (route, answer) => {
      const why = misfit(route, answer);
      if (why !== undefined) misfits.add(why);
    },
  });
  return { lab, good: await world(lab), misfits };
}
