import { readFileSync } from 'node:fs';
import { UserError } from '../user-error';

interface Resource {
  readonly type: string;
  readonly instances: readonly { readonly attributes: Attributes }[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** What Terraform has made of this stack already. */
export class Deployed {
  /** @param resources of the state; undefined when that is not known */
  constructor(private readonly resources: readonly Resource[] | undefined) {}

  /**
   * Whether a thing of the account is this deployment's.
   *
   * @param looksLikeOurs what name and tags say, for a state that is not known
   */
  has(type: string, id: string | number, looksLikeOurs: boolean): boolean {
    if (!this.resources) return looksLikeOurs;
    return this.all(type).some((attributes) => `${attributes.id}` === `${id}`);
  }

  /** Whether the state is known, and knows any of that type. */
  knows(type: string): boolean {
    return this.all(type).length > 0;
  }

  /** What the state has of a type: none where it is not known. */
  all(type: string): Attributes[] {
    const found = this.resources?.filter((resource) => resource.type === `digitalocean_${type}`) ?? [];
    return found.flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
  }

  /** Whether the state is known. */
  get isKnown(): boolean {
    return this.resources !== undefined;
  }

  /** Of a state that can't be read from here. */
  static readonly UNKNOWN = new Deployed(undefined);

  /** What a state of Terraform's says. */
  static parse(state: string): Deployed {
    const { resources = [] } = JSON.parse(state) as { resources?: Resource[] };
    return new Deployed(resources);
  }

  /** Reads a state file of Terraform's. A file that does not exist is a deployment that was never made. */
  static read(file: string): Deployed {
    try {
      return Deployed.parse(readFileSync(file, 'utf8'));
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
