/** What the labels of the ledger rest on. Change it only after doing again what it says. */
export const OPENAPI = {
  commit: '7c1300c479fed9c353cda9fc21cd968619552304',
  date: '2026-08-07',
  checkedOn: '2026-11-24',
};

interface ProviderRun {
  readonly provider: string;
  readonly terraform: string;
  readonly date: string;
  /** Calls that this provider made and whose answers it took, through apply, an empty plan, changes and destroy. */
  readonly calls: readonly string[];
}

export const PROVIDER_RUNS: readonly ProviderRun[] = [];
