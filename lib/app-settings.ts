import { z } from 'zod';
import { parseImageReference } from './image-reference';
import { dropletImage, dropletSize, format, ownFiles, recentImage } from './setting-formats';

const EXAMPLE = 'registry.example.com/shop:1.4';

/** The stack gives every app these itself. */
const OWN_NAMES = /^(?:PORT$|DATABASE_)/;
const OWN = 'is set by the stack itself, as are PORT and all names that begin with DATABASE_';

/** What says by its name that it is a secret; the policy looks for the same in user_data. */
const SECRET_NAMES = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)$/;
const SHORTEST_SECRET = 6;

const containerImage = z
  .string()
  .superRefine((value, context) => report(context, imageMistake(value)))
  .transform((value) => parseImageReference(value)?.full ?? value);

const secretName = format(
  (value) => /^[A-Z_][A-Z0-9_]*$/.test(value),
  'is not the name of a secret; one looks like STRIPE_KEY: capitals, digits and underscores',
).refine((value) => !OWN_NAMES.test(value), OWN);

const registryUser = format(
  (value) => /^[!-9;-z]+$/.test(value),
  'is not the name of a user of a registry; one looks like deploy, without spaces, colons and braces',
);

/** The app tier: its droplets, and the container that they run instead of the sample application if `image` is set. */
export const app = z
  .strictObject({
    count: z.int().min(1).max(100).default(1).describe('Application servers, 1 to 100'),
    size: dropletSize.default('s-1vcpu-1gb'),
    dropletImage: recentImage.default('debian-13-x64'),
    files: ownFiles,
    image: containerImage
      .optional()
      .describe(
        'The container image that they run instead, such as `registry.example.com/shop:1.4`: with a tag or digest. Another one is [a new release](changes.md), on the droplets that are there; the first one instead of the sample, and another repository, replace the app servers',
      ),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe('Its environment beside `PORT` and `DATABASE_*`: plain values, no secrets'),
    secrets: z
      .array(secretName)
      .default([])
      .describe(
        'Names of secrets in its environment, such as `STRIPE_KEY`; the values are variables (`TF_VAR_STRIPE_KEY`)',
      ),
    registry: z
      .strictObject({
        username: registryUser.describe(
          'Who pulls the image from a private registry; the password is a variable (`TF_VAR_registry_password`)',
        ),
      })
      .optional(),
    readOnly: z
      .boolean()
      .default(true)
      .describe("The container can't write to its own files, only to `/tmp` and the like"),
  })
  .superRefine(({ env, secrets, registry, readOnly, image, dropletImage: droplet }, context) => {
    for (const [name, value] of Object.entries(env)) {
      report(context, variableMistake(name, value), ['env', name]);
      if (SECRET_NAMES.test(name) && value.length >= SHORTEST_SECRET) {
        const message =
          'is a secret by its name, and would be in the synthesized JSON; move the name to app.secrets';
        context.addIssue({ code: 'custom', message, path: ['env', name], params: { secret: true } });
      }
    }
    for (const [i, name] of secrets.entries()) {
      const isSecond = secrets.indexOf(name) < i || name in env;
      report(context, isSecond && 'is named twice; a name is in env or in secrets, once', ['secrets', i]);
    }
    const idle = {
      env: Object.keys(env).length > 0,
      secrets: secrets.length > 0,
      registry: registry !== undefined,
      readOnly: !readOnly,
    };
    for (const [key, isSet] of Object.entries(idle)) {
      const message = `is for a container and there is none; set app.image, such as ${EXAMPLE}, or leave it out`;
      report(context, image === undefined && isSet && message, [key]);
    }
    const message = 'has a podman that is too old to run app.image; that of debian-13-x64 is not';
    report(context, image !== undefined && isBeforeQuadlet(droplet) && message, ['dropletImage']);
  });

function report(context: z.RefinementCtx, message: string | false | undefined, path: PropertyKey[] = []) {
  if (message) {
    context.addIssue({ code: 'custom', message, path });
  }
}

function imageMistake(value: string): string | undefined {
  if (dropletImage.safeParse(value).success) {
    return `is the image of a droplet, which app.dropletImage sets; that of a container looks like ${EXAMPLE}`;
  }
  const reference = parseImageReference(value);
  if (!reference) {
    return `is not the image of a container; one looks like ${EXAMPLE}`;
  }
  return reference.tag || reference.digest
    ? undefined
    : `names no release, and what is the latest one changes unseen; add a tag, as in ${EXAMPLE}, or a digest`;
}

function variableMistake(name: string, value: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'has a name that an environment variable can not have; one looks like SHOP_NAME';
  }
  if (OWN_NAMES.test(name)) {
    return OWN;
  }
  return /^[ -~]*$/.test(value)
    ? undefined
    : 'holds a line end or another character that is not printable ASCII, which reaches no droplet unharmed';
}

/** Debian 12 has a podman without systemd units for containers, or nearly. */
function isBeforeQuadlet(slug: string): boolean {
  const [, system, release] = /^(debian|ubuntu)-(\d+)/.exec(slug) ?? [];
  return Number(release) < (system === 'debian' ? 13 : 24);
}
