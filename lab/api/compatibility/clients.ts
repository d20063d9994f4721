/** What the labels of the ledger rest on. Change it only after doing again what it says. */
export const OPENAPI = {
  commit: '7c1300c479fed9c353cda9fc21cd968619552304',
  date: '2026-08-07',
  checkedOn: '2026-11-29',
  /** Answers that clients got, compared with the document's schemas. */
  answers: 2962,
  /** Calls that the document shows for curl, all of them sent. */
  samples: 342,
};

/** A client that was seen at work, from creating to destroying, on a day. */
export interface Client {
  readonly name: string;
  readonly how: string;
}

const DAY = '2026-11-24';
const cycle = 'apply, an empty plan, changes in place, an empty plan, a failover, an empty plan, destroy';
export const TERRAFORM_2_71: Client = { name: 'provider 2.71.0', how: `Terraform 1.11.4, ${DAY}: ${cycle}` };
export const TERRAFORM_2_99: Client = { name: 'provider 2.99.1', how: `Terraform 1.11.4, ${DAY}: ${cycle}` };
export const DOCTL: Client = { name: 'doctl 1.166.0', how: `${DAY}: each command of each resource` };
export const GODO: Client = { name: 'godo 1.202.0', how: `${DAY}: a program that uses each service` };
export const PYDO: Client = {
  name: 'pydo 0.44.0',
  how: `${DAY} and 2026-11-29: a script that makes each call`,
};
export const GODO_1_240: Client = {
  name: 'godo 1.240.0',
  how: '2026-11-29: a program that uses each service that came later',
};

export const PROVIDER_TESTS: Client = {
  name: "provider 2.99.1's own tests",
  how: 'Terraform 1.11.4, 2026-11-29: its acceptance tests of what is there',
};

export const LIBRARIES = [DOCTL, GODO, PYDO];
export const CLIENTS: readonly Client[] = [TERRAFORM_2_71, TERRAFORM_2_99, ...LIBRARIES];
export const EVERY_CLIENT = [...CLIENTS, GODO_1_240, PROVIDER_TESTS];
