import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../__tests__/synth';
import type { Deployment } from '../../lab/apply/testing/deployment';
import type { ResourceChange } from '../../lib/preview/change';
import { expectedChanges } from '../../lib/preview/expected';
import { pastOfSynthesis } from '../../lib/preview/past';
import { reportOf } from '../../lib/preview/report';
import { openAccount } from './account';
import { FILE, reducedStacks } from './last-release';
import { openGates } from './open-gates';
import { planLines } from './plan-lines';

/** What CHANGELOG.md names for who deploys what has come since the last release: `npm run preview` of the default stack. */
const CHANGELOG = readFileSync(join(__dirname, '../../CHANGELOG.md'), 'utf8');
const [, NEWEST = ''] = CHANGELOG.split(/^## /m);
const NAMED = [...NEWEST.matchAll(/^ {4,}(.+)$/gm)].map(([, line = '']) => line);

const DEFAULT = 'the default stack';

/** A sentence about a tier, of however many droplets. */
const ofAny = (sentence: string) => sentence.replace(/: \d+ (.*?)s? \(.*?\)/, ': $1');

/** What follows from another droplet: who is looked at, who is used, and the gates that wait for that. */
const FOLLOWS =
  /^(update digitalocean_record\.dns-[\w-]+ \(value\)|replace terraform_data\.new-[\w-]+ \(triggers_replace\))$/;

const BEFORE: Record<string, Json> = JSON.parse(readFileSync(FILE, 'utf8'));
const NOW = reducedStacks();

describe('a stack that the last release has deployed', () => {
  let deployment: Deployment;
  beforeEach(async () => {
    deployment = await openAccount();
  });
  afterEach(() => deployment.end());

  function expected(was: Json, now: Json): ResourceChange[] {
    const file = join(deployment.folder, 'before.json');
    writeFileSync(file, JSON.stringify(was));
    return expectedChanges(now, pastOfSynthesis(file));
  }

  test.each(Object.keys(BEFORE))(
    'is planned with the changes that CHANGELOG.md names, and no others: %s',
    async (name) => {
      const [was, now] = [openGates(BEFORE[name]), openGates(NOW[name])];
      await deployment.apply(was);
      const plan = await deployment.plan(now);
      const changes = expected(was, now);
      const said = reportOf(changes).changes;
      if (name === DEFAULT) expect(NAMED).toEqual(said);
      expect(NAMED.map(ofAny)).toEqual(said.map(ofAny));
      expect(plan.sort()).toEqual(planLines(changes));
      const droplets = plan.filter((line) => !FOLLOWS.test(line));
      for (const line of droplets)
        expect(line).toMatch(
          /^(create random_password\.log-key|replace digitalocean_droplet\.[\w-]+ \(user_data\))$/,
        );
    },
  );
});
