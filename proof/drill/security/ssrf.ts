import {
  ASK_API,
  type Asker,
  answersOf,
  as,
  askMetadata,
  BUILD_CONTAINER,
  FIND_TOKENS,
  isMetadata,
  REMOVE_CONTAINER,
} from '../../attack/ssrf';
import type { Drill } from '../run/experiment';

export default {
  number: 27,
  title: 'The application is made to ask the metadata address, and the API of DigitalOcean',
  hypothesis:
    'Neither it nor a container gets a word of metadata, however it asks. The API answers, and no app droplet has a token for it.',
  limits: { failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const onApp = (script: string) => lab.look('app-1', script);
    const metadata = askMetadata(await lab.reservedIp());
    const told = async (who: Asker) => {
      const answers = answersOf(await onApp(as(who, metadata)));
      const given = answers.filter(isMetadata).length;
      await lab.find(`${who}: ${given} of ${answers.length} requests gave metadata`);
      return given;
    };
    await lab.set(
      'podman on app-1',
      () => onApp(BUILD_CONTAINER),
      () => onApp(REMOVE_CONTAINER),
    );
    await lab.expect('root gets metadata in all direct ways', async () => (await told('root')) >= 24);
    for (const who of ['the application', 'root in a container'] as const) {
      await lab.expect(`${who} gets none`, async () => (await told(who)) === 0);
      await lab.expect(`the API refuses ${who}`, async () => (await onApp(as(who, ASK_API))) === '401');
    }
    const tokensOn = (name: string) => lab.look(name, FIND_TOKENS);
    await lab.expect('a load balancer has its token', async () =>
      /reserved-ip-token/.test(await tokensOn(lab.active)),
    );
    await lab.expect(
      'the app droplet has none, not even for root',
      async () => (await tokensOn('app-1')) === '',
    );
  },
} satisfies Drill;
