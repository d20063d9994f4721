import type { AddressInfo } from 'node:net';
import type { FindKey } from '../access';
import { Gateway } from '../gateway';
import { plainStore } from './plain-store';

/** Spaces on a port of the loopback, without TLS, before a store that needs no root. */
export interface TestSpaces {
  readonly gateway: Gateway;
  readonly url: string;
  close(): Promise<void>;
}

export async function startSpaces(find: FindKey): Promise<TestSpaces> {
  const store = plainStore();
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const { port } = store.address() as AddressInfo;
  const gateway = new Gateway({
    store: { host: '127.0.0.1', port },
    find,
    host: '127.0.0.1',
    plain: { port: 0 },
  });
  const [own] = await gateway.open();
  const close = async () => {
    await gateway.close();
    await new Promise((resolve) => store.close(resolve));
  };
  return { gateway, url: `http://127.0.0.1:${own}`, close };
}
