import type { Api } from './client';
import type { SpacesAccess } from './spaces';
import type { Known } from './value';

/** What is deployed, and whereto. */
export interface Target {
  /** Path of the stack's cdk.tf.json. */
  readonly configuration: string;
  readonly api: Api;
  /** Values of the stack's variables, by name: what TF_VAR_<name> would be. */
  readonly variables: Readonly<Record<string, string>>;
  /** Addresses of resources to be replaced though nothing about them changed, as by `terraform apply -replace`. @default - none */
  readonly replace?: readonly string[];
  /** Addresses of the only resources to change, with all that they rest on, as by `terraform apply -target`. @default - every resource */
  readonly targets?: readonly string[];
  /** What commands that the stack has run on this machine find in their environment besides this process's. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the stack's buckets are made. @default - nowhere: it has none */
  readonly spaces?: SpacesAccess;
  /** A folder of the deployer's own, where it keeps its state from one call to the next. */
  readonly folder: string;
  /** Is told of each step as it happens, in one line. @default - nobody is told */
  readonly onProgress?: (line: string) => void;
}

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'keep';

export interface PlannedChange {
  /** As Terraform writes it: `digitalocean_droplet.web-1`. */
  readonly address: string;
  readonly action: Action;
  /** Names of the attributes that differ; for a replacement, those that force it. */
  readonly because: readonly string[];
}

export interface Applied {
  readonly changes: readonly PlannedChange[];
  readonly outputs: Readonly<Record<string, Known>>;
}

/** One way to make a synthesized stack real. Each call rejects with a Refusal whose sentences say what went wrong. */
export interface Deployer {
  /** What `apply` would do, without doing it; what stays as it is is left out. */
  plan(): Promise<readonly PlannedChange[]>;
  apply(): Promise<Applied>;
  destroy(): Promise<void>;
}
