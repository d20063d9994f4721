import { readFileSync } from 'node:fs';
import { UserError } from '../user-error';

/** What Terraform has made of this stack already. */
export class Deployed {
  /** @param ids `digitalocean_droplet 123`, of everything in the state; undefined when the state is not on this machine */
  constructor(private readonly ids: ReadonlySet<string> | undefined) {}

  /**
   * Whether a thing of the account is this deployment's.
   *
   * @param looksLikeOurs what name and tags say, for a state that lies elsewhere
   */
  has(type: string, id: string | number, looksLikeOurs: boolean): boolean {
    return this.ids?.has(`digitalocean_${type} ${id}`) ?? looksLikeOurs;
  }

  /** Whether the state is here, and knows any of that type. */
  knows(type: string): boolean {
    return [...(this.ids ?? [])].some((id) => id.startsWith(`digitalocean_${type} `));
  }

  /**
   * Reads a state file of Terraform's. A file that does not exist is a deployment that was never made.
   *
   * @param file undefined when the backend is a remote one
   */
  static read(file: string | undefined): Deployed {
    if (file === undefined) {
      return new Deployed(undefined);
    }
    try {
      const { resources = [] } = JSON.parse(readFileSync(file, 'utf8')) as State;
      const ids = resources.flatMap(({ type, instances }) =>
        instances.map(({ attributes }) => `${type} ${attributes.id}`),
      );
      return new Deployed(new Set(ids));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return new Deployed(new Set());
      }
      throw new UserError([
        `${file}: is not a state file of Terraform that can be read (${(error as Error).message})`,
      ]);
    }
  }
}

interface State {
  readonly resources?: readonly {
    readonly type: string;
    readonly instances: readonly { readonly attributes: { readonly id: string } }[];
  }[];
}
