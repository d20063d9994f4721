import { readFileSync } from 'node:fs';
import { UserError } from '../user-error';

interface Resource {
  readonly type: string;
  readonly instances: readonly { readonly attributes: Attributes }[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** What Terraform has made of this stack already. */
export class Deployed {
  /** @param resources of the state; undefined when it is not on this machine */
  constructor(private readonly resources: readonly Resource[] | undefined) {}

  /**
   * Whether a thing of the account is this deployment's.
   *
   * @param looksLikeOurs what name and tags say, for a state that lies elsewhere
   */
  has(type: string, id: string | number, looksLikeOurs: boolean): boolean {
    if (!this.resources) return looksLikeOurs;
    return this.all(type).some((attributes) => `${attributes.id}` === `${id}`);
  }

  /** Whether the state is here, and knows any of that type. */
  knows(type: string): boolean {
    return this.all(type).length > 0;
  }

  /** What the state has of a type: none where it is not here. */
  all(type: string): Attributes[] {
    const found = this.resources?.filter((resource) => resource.type === `digitalocean_${type}`) ?? [];
    return found.flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
  }

  /** Whether the state is on this machine. */
  get isHere(): boolean {
    return this.resources !== undefined;
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
      const { resources = [] } = JSON.parse(readFileSync(file, 'utf8')) as { resources?: Resource[] };
      return new Deployed(resources);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return new Deployed([]);
      }
      throw new UserError([
        `${file}: is not a state file of Terraform that can be read (${(error as Error).message})`,
      ]);
    }
  }
}
